//! How a chart looks: colours, type and sizes.

use super::series::Hue;
use crate::Task;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(
    /// Red.
    pub u8,
    /// Green.
    pub u8,
    /// Blue.
    pub u8,
);

impl Rgb {
    /// From `0xRRGGBB`.
    #[must_use]
    pub const fn hex(code: u32) -> Self {
        let [_, red, green, blue] = code.to_be_bytes();
        Self(red, green, blue)
    }

    /// As a CSS colour, `#rrggbb`.
    #[must_use]
    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Its relative luminance as WCAG 2 defines it, from 0 for black to 1 for white: what a picture in greys keeps of it.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// A part of the way to another colour.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    fn toward(self, other: Self, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }
}

/// How a chart looks. Sizes are in CSS pixels; `scale` turns them into those of the drawing area.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Fills the area.
    pub background: Rgb,
    /// Words that matter.
    pub ink: Rgb,
    /// Ticks and titles.
    pub muted: Rgb,
    /// Gridlines.
    pub grid: Rgb,
    /// Base line and reference lines.
    pub axis: Rgb,
    /// The tasks, in the order of [`Task::ALL`].
    pub tasks: [Rgb; 2],
    /// The first members; a further one starts over.
    pub members: [Rgb; 8],
    /// Ends and middle of a gradation over many members.
    pub gradation: [Rgb; 3],
    /// What is good for both tasks.
    pub good: Rgb,
    /// The faintest and the strongest colour of a map. Its lightness runs one way, so that it is read without colour, too.
    pub heat: [Rgb; 2],
    /// CSS font family.
    pub font_family: String,
    /// Font size.
    pub font_px: f64,
    /// Strength of a smoothed or single line.
    pub line_px: f64,
    /// Pixels of the drawing area in a CSS pixel: the device pixel ratio of a canvas.
    pub scale: f64,
    /// What the backend divides font sizes by: 1 on a canvas, 1.24 in plotters' SVG.
    pub font_divisor: f64,
}

// Tasks follow Okabe and Ito (2008). Members stand on a ladder of eight even steps of lightness (L* of CIELAB), the first
// ones far apart, so that greys tell them apart, too. Their hues were searched for the largest distance in OKLab between any
// two: 0.1 or more with protanopia, deuteranopia or tritanopia (Machado 2009), 0.18 without, at a contrast of 3 or more.
impl Style {
    /// On white.
    #[must_use]
    pub fn light() -> Self {
        Self {
            background: Rgb::hex(0xFF_FF_FF),
            ink: Rgb::hex(0x1F_24_30),
            muted: Rgb::hex(0x5B_63_70),
            grid: Rgb::hex(0xE7_EA_EE),
            axis: Rgb::hex(0x9A_A2_AE),
            tasks: [Rgb::hex(0x00_72_B2), Rgb::hex(0xD5_5E_00)],
            members: [0x77_5B_12, 0x40_0B_44, 0xFE_51_6E, 0x12_30_AB, 0x79_79_BC, 0x09_3A_02, 0xA6_17_FF, 0x98_09_66]
                .map(Rgb::hex),
            gradation: [0x2B_14_85, 0x14_8F_86, 0xB0_8A_00].map(Rgb::hex),
            good: Rgb::hex(0x1E_7F_4F),
            heat: [0xE9_F2_FA, 0x00_3C_6B].map(Rgb::hex),
            font_family: "system-ui, sans-serif".to_owned(),
            font_px: 12.0,
            line_px: 2.0,
            scale: 1.0,
            font_divisor: 1.0,
        }
    }

    /// On near black.
    #[must_use]
    pub fn dark() -> Self {
        Self {
            background: Rgb::hex(0x14_17_1C),
            ink: Rgb::hex(0xE8_EB_F0),
            muted: Rgb::hex(0xA3_AB_B8),
            grid: Rgb::hex(0x26_2B_33),
            axis: Rgb::hex(0x66_6F_7D),
            tasks: [Rgb::hex(0x56_B4_E9), Rgb::hex(0xF0_8A_3C)],
            members: [0xE1_9B_EE, 0xAD_51_47, 0xF5_F5_45, 0xF4_2B_F9, 0xB3_E2_F0, 0x3E_82_C3, 0x49_E2_82, 0xA1_A4_88]
                .map(Rgb::hex),
            gradation: [0x8A_7B_F0, 0x35_BF_A8, 0xF2_D0_4A].map(Rgb::hex),
            good: Rgb::hex(0x45_B8_82),
            heat: [0x1C_2A_38, 0xA8_DC_FF].map(Rgb::hex),
            ..Self::light()
        }
    }

    /// The same at this many pixels of the drawing area in a CSS pixel.
    #[must_use]
    pub fn scaled(mut self, device_pixel_ratio: f64) -> Self {
        self.scale = if device_pixel_ratio.is_finite() { device_pixel_ratio.clamp(0.5, 8.0) } else { 1.0 };
        self
    }

    /// The colour of a role.
    #[must_use]
    pub fn color(&self, hue: Hue) -> Rgb {
        match hue {
            Hue::Neutral => self.ink,
            Hue::Muted => self.muted,
            Hue::Good => self.good,
            Hue::Task(Task::Rul) => self.tasks[0],
            Hue::Task(Task::Health) => self.tasks[1],
            Hue::Member(index) => self.members[index % self.members.len()],
            Hue::Heat(share) => self.heat[0].toward(self.heat[1], share.clamp(0.0, 1.0)),
            Hue::Graded(share) if share < 0.5 => self.gradation[0].toward(self.gradation[1], share.max(0.0) * 2.0),
            Hue::Graded(share) => self.gradation[1].toward(self.gradation[2], share.min(1.0) * 2.0 - 1.0),
        }
    }

    /// The colour of words on a field of a map that is filled so strongly: black or white, whichever stands out more.
    #[must_use]
    pub fn on_heat(&self, share: f64) -> Rgb {
        let field = if share.is_nan() { self.background } else { self.color(Hue::Heat(share)) };
        // Contrast to black and to white are equal at this luminance.
        if field.luminance() > 0.179 { Rgb::hex(0x00_00_00) } else { Rgb::hex(0xFF_FF_FF) }
    }

    /// The width of a text in CSS pixels, from the widths of a common sans-serif with some to spare.
    ///
    /// Estimated, since neither of plotters' canvas and SVG backends measures: both count bytes, so that a `λ` is as
    /// wide as two letters.
    pub(super) fn text_width_px(&self, text: &str) -> f64 {
        let em = |c: char| match c {
            'i' | 'j' | 'l' | '|' | '\'' | '.' | ',' | ':' | ' ' | '·' => 0.31,
            'f' | 't' | 'r' | '(' | ')' | '-' | '/' | 'I' | '‖' | '⁻' | '¹' => 0.4,
            'm' | 'w' | 'M' | 'W' | '…' | '–' => 0.95,
            'A'..='Z' | '−' | '+' | '=' | '∇' => 0.72,
            '⁰'..='⁹' | '²' | '³' => 0.42,
            '0'..='9' => 0.62,
            _ => 0.59,
        };
        text.chars().map(em).sum::<f64>() * self.font_px
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "values that are exact")]
mod tests {
    use super::*;

    /// Contrast as WCAG 2 defines it.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (a.luminance(), b.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn lines_and_words_stand_out_from_the_background() {
        for style in [Style::light(), Style::dark()] {
            let hues = (0..8).map(Hue::Member).chain(Task::ALL.map(Hue::Task));
            let hues = hues.chain((0..=10).map(|tenth| Hue::Graded(f64::from(tenth) / 10.0)));
            for hue in hues {
                let found = contrast(style.color(hue), style.background);
                assert!(found >= 3.0, "{hue:?} {found}");
            }
            for words in [style.ink, style.muted] {
                assert!(contrast(words, style.background) >= 4.5);
            }
        }
    }

    #[test]
    fn words_on_a_map_are_legible() {
        for style in [Style::light(), Style::dark()] {
            for tenth in 0..=10 {
                let share = f64::from(tenth) / 10.0;
                let found = contrast(style.on_heat(share), style.color(Hue::Heat(share)));
                assert!(found >= 4.5, "{share}: {found}");
            }
        }
    }

    #[test]
    fn colours_of_tasks_and_members_are_distinct() {
        for style in [Style::light(), Style::dark()] {
            let mut colors: Vec<String> = style.members.iter().chain(&style.tasks).map(|color| color.css()).collect();
            colors.sort();
            colors.dedup();
            assert_eq!(colors.len(), 10);
        }
    }

    /// Lightness `L*` of CIELAB, from 0 to 100.
    fn lightness(color: Rgb) -> f64 {
        116.0 * color.luminance().cbrt() - 16.0
    }

    #[test]
    fn members_are_told_apart_in_greys() {
        for style in [Style::light(), Style::dark()] {
            let greys = style.members.map(lightness);
            let apart = |count: usize| {
                let pairs = (0..count).flat_map(|a| (0..a).map(move |b| (a, b)));
                pairs.map(|(a, b)| (greys[a] - greys[b]).abs()).fold(f64::INFINITY, f64::min)
            };
            assert!(apart(3) >= 15.0 && apart(4) >= 11.0 && apart(8) >= 5.5, "{greys:?}");
        }
    }

    #[test]
    fn a_member_beyond_the_palette_starts_over() {
        let style = Style::light();
        assert_eq!(style.color(Hue::Member(9)), style.color(Hue::Member(1)));
    }

    #[test]
    fn scale_is_kept_sane() {
        assert_eq!([0.0, 2.0, f64::NAN].map(|ratio| Style::light().scaled(ratio).scale), [0.5, 2.0, 1.0]);
    }

    #[test]
    fn a_letter_is_measured_by_what_it_is_not_by_its_bytes() {
        let style = Style::light();
        assert!(style.text_width_px("λ") < style.text_width_px("m"));
    }
}
