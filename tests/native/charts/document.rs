//! Reading a drawn SVG document: as much as plotters writes.

use lambdascope::chart::{ChartData, HoverMap, Style};
use plotters::prelude::{IntoDrawingArea, SVGBackend};

pub struct Document {
    width: f64,
    height: f64,
    elements: Vec<Element>,
}

struct Element {
    tag: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> f64 {
        self.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(f64::NAN)
    }

    fn points(&self) -> Vec<(f64, f64)> {
        let pairs = self.attribute("points").unwrap_or_default().split_whitespace();
        pairs.map(|pair| pair.split_once(',').unwrap()).map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
    }
}

/// Draw as a page does, keeping the hover map.
pub fn draw(data: &ChartData, (width, height): (u32, u32), style: &Style) -> (HoverMap, String) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in pixels")]
    let side = |px: u32| (f64::from(px) * style.scale) as u32;
    let mut document = String::new();
    let hover = {
        let area = SVGBackend::with_string(&mut document, (side(width), side(height))).into_drawing_area();
        lambdascope::chart::draw(&area, data, style).unwrap()
    };
    (hover, document)
}

impl Document {
    pub fn new(source: &str) -> Self {
        let mut elements: Vec<Element> = Vec::new();
        for piece in source.split('<').skip(1).filter(|piece| !piece.starts_with('/')) {
            let (head, text) = piece.split_once('>').unwrap();
            let (tag, rest) = head.trim_end_matches('/').split_once(' ').unwrap();
            let mut quoted = rest.split('"');
            let mut attributes = Vec::new();
            while let (Some(key), Some(value)) = (quoted.next(), quoted.next()) {
                attributes.push((key.trim().trim_end_matches('=').to_owned(), value.to_owned()));
            }
            elements.push(Element { tag: tag.to_owned(), attributes, text: text.trim().to_owned() });
        }
        Self { width: elements[0].number("width"), height: elements[0].number("height"), elements }
    }

    fn tagged(&self, tag: &'static str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |element| element.tag == tag)
    }

    pub fn texts(&self) -> Vec<&str> {
        self.tagged("text").map(|element| element.text.as_str()).collect()
    }

    pub fn has_text(&self, text: &str) -> bool {
        self.texts().contains(&text)
    }

    /// Points of the lines of this CSS colour.
    pub fn lines(&self, color: &str) -> Vec<Vec<(f64, f64)>> {
        let of_color = |element: &&Element| element.attribute("stroke").unwrap_or_default().eq_ignore_ascii_case(color);
        self.tagged("polyline").filter(of_color).map(Element::points).collect()
    }

    pub fn all_points(&self) -> Vec<(f64, f64)> {
        self.tagged("polyline").flat_map(Element::points).collect()
    }

    pub fn circles(&self) -> Vec<(f64, f64)> {
        self.tagged("circle").map(|element| (element.number("cx"), element.number("cy"))).collect()
    }

    /// No stroke goes astray: a cast of what is not finite or far too large ends at the ends of an integer.
    pub fn assert_finite_and_inside(&self) {
        for (x, y) in self.all_points().into_iter().chain(self.circles()) {
            assert!((0.0..=self.width).contains(&x) && (0.0..=self.height).contains(&y), "{x} {y}");
        }
    }

    /// Words neither leave the document nor, in one row, run into each other.
    pub fn assert_words_inside(&self, style: &Style) {
        let mut boxes: Vec<(f64, f64, f64, &str)> = Vec::new();
        for element in self.tagged("text") {
            // A little less than the advance of common sans-serif fonts.
            let width = element.text.chars().count() as f64 * 0.5 * style.font_px * style.scale;
            let (x, y) = (element.number("x"), element.number("y"));
            let left = match element.attribute("text-anchor") {
                Some("end") => x - width,
                Some("middle") => x - width / 2.0,
                _ => x,
            };
            let half = style.font_px * style.scale / 2.0;
            let inside = left >= -0.5 && left + width <= self.width + 0.5 && y >= half && y + half <= self.height;
            assert!(inside, "{} at {x} {y} in {} by {}", element.text, self.width, self.height);
            boxes.push((left, left + width, y, &element.text));
        }
        for (index, a) in boxes.iter().enumerate() {
            for b in &boxes[index + 1..] {
                let apart = a.1 <= b.0 || b.1 <= a.0 || (a.2 - b.2).abs() >= style.font_px * style.scale * 0.8;
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }
}
