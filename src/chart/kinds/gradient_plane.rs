//! Both tasks' gradients as arrows in the plane that they span, and what is made of them.

use crate::chart::prelude::*;
use crate::measure::GradientPlane;
use crate::session::{PlaneNow, sentence};

pub(super) static CHART: Chart = Chart {
    name: "gradient-plane",
    caption: "Each task pulls at the shared weights: its arrow (the gradient of its normalized loss) is as long as it pulls \
              hard, the angle between both is true, and λ mixes them into the update; along directions in the green sector \
              neither loss rises if the step is small (Adam then scales each weight's share of it), and on the root scale \
              an arrow of four times the length is drawn twice as long, so that very unequal ones stay readable.",
    place: "charts",
    look: Look {
        title: "Where the two tasks pull",
        metric: Metric { name: "Gradient norm", unit: "", higher_is_better: None },
        ..Chart::STEPS.look
    },
    width: Width::Stage,
    choices: &[STRATEGIES, SCALE, STEPS],
    whole_table: true,
    build: |scene| {
        let now = scene.view.gradient_plane(steps(scene))?;
        let is_root = scene.chosen.value(&SCALE) == "root";
        Some(ChartData::gradient_plane(&now, is_root, scene.chosen.is_ticked(&STRATEGIES)))
    },
    words: |scene| scene.view.gradient_plane(steps(scene)).map(|now| words(&now)).unwrap_or_default(),
    ..Chart::STEPS
};

const STRATEGIES: Choice =
    Choice { id: "plane-strategies", label: "where other strategies would go", range: Range::Tick(false) };
const SCALE: Choice = Choice {
    id: "plane-scale",
    label: "Lengths",
    range: Range::OneOf(&[("root", "root scale"), ("linear", "linear")]),
};
const STEPS: Choice = Choice {
    id: "plane-steps",
    label: "Gradients of",
    range: Range::OneOf(&[("50", "the last 50 steps"), ("1", "the last step")]),
};

fn steps(scene: &Scene) -> usize {
    scene.chosen.value(&STEPS).parse().unwrap_or(1)
}

/// Rings of equal length, at most.
const RINGS: usize = 4;
/// Arrows of other strategies that are longer than this many times what is shown otherwise are cut.
const LONGEST: f64 = 1.25;
/// Corners of a half circle.
const CORNERS: usize = 48;
/// An angle to either side of the upward direction, in radians.
const QUARTER: f64 = std::f64::consts::FRAC_PI_2;
/// Radius of the arc that shows the angle between both.
const ARC: f64 = 0.16;

/// What the picture says, in a sentence.
fn words(now: &PlaneNow) -> String {
    let PlaneNow { plane, weights, clip_factor, .. } = now;
    let [rul, health] = plane.norms();
    if rul * health <= 0.0 {
        let vanished = if rul > 0.0 { "health" } else { "RUL" };
        return sentence(&format!("the gradient of {vanished} vanishes: it has no direction"));
    }
    let harder = if rul > health { ("RUL", rul / health) } else { ("health", health / rul) };
    let pull = if harder.1 < 1.05 {
        "both pull equally hard".to_owned()
    } else {
        format!("{} pulls {} times as hard", harder.0, plain(harder.1, 2))
    };
    let effect = match plane.descents(*weights) {
        [rul, health] if rul < 0.0 && health < 0.0 => "this step raises both losses",
        [rul, _] if rul < 0.0 => "this step helps health and hurts RUL",
        [_, health] if health < 0.0 => "this step helps RUL and hurts health",
        _ => "this step helps both",
    };
    let clipped = if *clip_factor < 0.995 {
        format!("; clipping shortens it to {} %", plain(clip_factor * 100.0, 2))
    } else {
        String::new()
    };
    sentence(&format!("{} degrees apart, {pull}; {effect}{clipped}", plain(plane.degrees().round(), 3)))
}

/// From lengths to the unit of the picture: 1 is the outermost ring.
#[derive(Clone, Copy)]
struct Laid {
    reach: f64,
    is_root: bool,
}

impl Laid {
    fn radius(self, length: f64) -> f64 {
        let share = (length / self.reach).clamp(0.0, 1.1);
        if self.is_root { share.sqrt() } else { share }
    }

    fn place(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let length = x.hypot(y);
        if length > 0.0 { [x, y].map(|part| part / length * self.radius(length)) } else { [0.0; 2] }
    }

    /// Round lengths with rings.
    fn rings(self) -> Vec<f64> {
        let decade = 10_f64.powf(self.reach.log10().floor());
        let round = |multiples: &[f64]| -> Vec<f64> {
            let decades = [decade / 1000.0, decade / 100.0, decade / 10.0, decade].into_iter();
            decades.flat_map(|decade| multiples.iter().map(move |multiple| multiple * decade)).collect()
        };
        let mut rings: Vec<f64> = Vec::new();
        // From the outermost inwards, as far as they keep apart.
        let apart = 0.9 / RINGS as f64;
        for length in round(&[1.0, 2.0, 5.0]).into_iter().rev().filter(|length| *length <= self.reach) {
            let radius = self.radius(length);
            if radius >= apart && rings.last().is_none_or(|outer| self.radius(*outer) - radius >= apart) {
                rings.push(length);
            }
        }
        rings
    }
}

/// A place at an angle from the upward direction, to the right.
fn polar(radius: f64, angle: f64) -> [f64; 2] {
    [radius * angle.sin(), radius * angle.cos()]
}

/// Places on an arc between two angles.
fn arc(radius: f64, from: f64, to: f64) -> Vec<[f64; 2]> {
    let at = |corner: usize| polar(radius, from + (to - from) * corner as f64 / CORNERS as f64);
    (0..=CORNERS).map(at).collect()
}

impl ChartData {
    /// Both gradients in the plane that they span, the cone between them, the directions along which neither loss rises,
    /// and what is made of the gradients: by the weights that are wanted and, if asked for, by every strategy that the
    /// Gramian decides.
    #[must_use]
    pub fn gradient_plane(now: &PlaneNow, is_root: bool, others: bool) -> Self {
        let PlaneNow { plane, weights, clip_factor, .. } = *now;
        let name = if is_root { "Gradient norm (root scale)" } else { "Gradient norm (linear scale)" };
        let look = Look { metric: Metric { name, ..CHART.look.metric }, ..CHART.look };
        let mut chart = Self::new(&look, Metric { name: "", unit: "", higher_is_better: None }, (-1.1, 1.1));
        (chart.y.low, chart.y.high) = (-0.13, 1.08);
        let clip = if clip_factor.is_finite() { clip_factor } else { 1.0 };
        let update = weights.map(|weight| weight * clip);
        let ends = [[1.0, 0.0], [0.0, 1.0], weights];
        let lengths = ends.map(|end| length(&plane, end));
        let destinations = if others { plane.destinations() } else { Vec::new() };
        let most = lengths.into_iter().fold(f64::MIN_POSITIVE, f64::max);
        let shown = |weights: [f32; 2]| length(&plane, weights.map(f64::from));
        let farthest = destinations.iter().map(|to| shown(to.weights)).filter(|length| *length <= LONGEST * most);
        let laid = Laid { reach: farthest.fold(most, f64::max) * 1.04, is_root };
        chart.sketch.is_true_to_angle = true;
        chart.sketch.is_without_ticks = true;
        chart.ground(laid);
        chart.cones(&plane);

        let at = |end: [f64; 2]| laid.place(plane.combined(end));
        let arrow = |end: [f64; 2], hue: Hue, line: Line, strength: f64, label: String| Arrow {
            from: [0.0; 2],
            to: at(end),
            hue,
            line,
            strength,
            label,
            may_be_mute: false,
        };
        let arrows = &mut chart.sketch.arrows;
        arrows.push(arrow(update, Hue::Neutral, Line::Solid, 2.0, "update".to_owned()));
        if clip < 0.995 {
            let before = arrow(weights, Hue::Neutral, Line::Dashed, 0.7, "before clipping".to_owned());
            arrows.push(Arrow { may_be_mute: true, ..before });
        }
        arrows.push(arrow([1.0, 0.0], Hue::Task(Task::Rul), Line::Solid, 1.6, format!("RUL {}", plain(lengths[0], 3))));
        let label = format!("health {}", plain(lengths[1], 3));
        arrows.push(arrow([0.0, 1.0], Hue::Task(Task::Health), Line::Dashed, 1.6, label));
        for to in &destinations {
            let end = to.weights.map(f64::from);
            let beyond = length(&plane, end) / laid.reach;
            let label = if beyond > 1.0 { format!("{} ×{}", to.title, plain(beyond, 2)) } else { to.title.to_owned() };
            arrows.push(Arrow { may_be_mute: true, ..arrow(end, Hue::Muted, Line::Thin, 0.6, label) });
        }
        let applied = update.map(|weight| weight as f32);
        let ours = [("RUL", Hue::Task(Task::Rul), [1.0, 0.0]), ("health", Hue::Task(Task::Health), [0.0, 1.0])];
        let ours = ours.into_iter().chain([("update", Hue::Neutral, applied)]);
        let named = ours.chain(destinations.iter().map(|to| (to.title, Hue::Muted, to.weights)));
        chart.fitted_plane(&plane, laid, &named.collect::<Vec<_>>())
    }

    /// Rings of equal length and what they are.
    fn ground(&mut self, laid: Laid) {
        self.sketch.wires.push(vec![[-1.0, 0.0], [1.0, 0.0]]);
        for length in laid.rings() {
            let radius = laid.radius(length);
            self.sketch.wires.push(arc(radius, -QUARTER, QUARTER));
            for side in [-1.0, 1.0] {
                self.sketch.words.push(Words { at: [side * radius, -0.08], text: reading(length) });
            }
        }
        self.sketch.words.push(Words { at: [0.0, -0.08], text: "0".to_owned() });
    }

    /// The cone between the gradients, the directions along which neither loss rises, and the angle.
    fn cones(&mut self, plane: &GradientPlane) {
        let half = plane.half_angle();
        let sector = |half: f64| {
            let mut corners = arc(1.0, -half, half);
            corners.push([0.0; 2]);
            corners
        };
        if plane.norms().iter().all(|norm| *norm > 0.0) {
            let both = QUARTER - half;
            self.sketch.areas.push(Area { corners: sector(both), hue: Hue::Good, share: 0.16 });
            self.sketch.areas.push(Area { corners: sector(half), hue: Hue::Muted, share: 0.12 });
            self.sketch.wires.push(arc(ARC, -half, half));
        }
        // The arrows have their names beside them.
        self.legend = vec![LegendEntry { label: "neither loss rises".to_owned(), hue: Hue::Good, line: Line::Solid }];
    }

    fn fitted_plane(mut self, plane: &GradientPlane, laid: Laid, named: &[(&str, Hue, [f32; 2])]) -> Self {
        let mut rows = Vec::new();
        for (title, hue, weights) in named {
            let weights = weights.map(f64::from);
            let (length, [rul, health]) = (length(plane, weights), plane.descents(weights));
            let degrees = |cosine: f64| cosine.acos().to_degrees();
            let row = [weights[0], weights[1], length, degrees(rul), degrees(health), rul, health];
            let texts = [
                ("length", length, reading(length)),
                ("from RUL", row[3], format!("{:.1}°", row[3])),
                ("from health", row[4], format!("{:.1}°", row[4])),
                ("weight of RUL", row[0], reading(row[0])),
                ("weight of health", row[1], reading(row[1])),
            ];
            let readings = texts.map(|(label, value, text)| (label.to_owned(), *hue, value, text)).to_vec();
            let at = laid.place(plane.combined(weights));
            self.sketch.spots.push(Spot { at, title: (*title).to_owned(), readings });
            rows.push(((*title).to_owned(), row.to_vec()));
        }
        let header = [
            "direction",
            "weight of RUL",
            "weight of health",
            "length",
            "degrees from RUL",
            "degrees from health",
            "RUL falls",
            "health falls",
        ];
        self.twin = Twin::Named(Named { header: header.map(str::to_owned).to_vec(), rows });
        self
    }
}

/// The length of a combination of both gradients.
fn length(plane: &GradientPlane, weights: [f64; 2]) -> f64 {
    let [x, y] = plane.combined(weights);
    x.hypot(y)
}
