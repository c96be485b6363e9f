//! What some charts show beside lines: arrows, areas, cells and words, in the values of both axes.

use super::series::{Hue, Line};

/// A place, in the values of the horizontal and of the vertical axis.
pub type Place = [f64; 2];

/// An arrow.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// What its colour stands for.
    pub hue: Hue,
    /// The stroke of its shaft.
    pub line: Line,
    /// How strong it is, as a multiple of a line's strength.
    pub strength: f64,
    /// Words at its head, or empty.
    pub label: String,
    /// Whether the words are left out where they have no room.
    pub may_be_mute: bool,
}

/// An area between these corners.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Its corners.
    pub corners: Vec<Place>,
    /// What its colour stands for.
    pub hue: Hue,
    /// Share of what is beneath that it covers.
    pub share: f64,
}

/// A field of a table that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its left and right end.
    pub x: [f64; 2],
    /// Its lower and upper end.
    pub y: [f64; 2],
    /// How strongly it is filled, in [0, 1]; not at all where it is no number.
    pub share: f64,
    /// Words in it, left out where they have no room.
    pub label: String,
}

/// Words at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Where their middle is.
    pub at: Place,
    /// What they say.
    pub text: String,
}

/// What is read at a place: by the pointer, and by keys from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Where it is.
    pub at: Place,
    /// What is there.
    pub title: String,
    /// What is read there: the name, the value and the value in words.
    pub readings: Vec<(String, Hue, f64, String)>,
}

/// What a chart shows beside lines, in the order in which it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// Fields of a table.
    pub cells: Vec<Cell>,
    /// Areas, beneath all else.
    pub areas: Vec<Area>,
    /// Hairlines of the ground, such as rings of equal length.
    pub wires: Vec<Vec<Place>>,
    /// Arrows, the most important first.
    pub arrows: Vec<Arrow>,
    /// Words of the ground.
    pub words: Vec<Words>,
    /// What is read, instead of the lines' points.
    pub spots: Vec<Spot>,
    /// Whether a unit is equally long on both axes, so that angles are true.
    pub is_true_to_angle: bool,
    /// Whether the ticks of both axes are left out.
    pub is_without_ticks: bool,
}

impl Sketch {
    /// Whether there is nothing to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.arrows.is_empty()
    }
}
