//! What an open encoder is made of: its blocks, named as in PyTorch's state dict, and what they cost.
//!
//! A tensor library keeps what each operation reads until the way back, for both tasks, and a prediction holds the largest
//! part alone. The counts are those of `layers`, with a factor measured over all of them; `tests/native/estimate.rs` compares
//! them with what is allocated.

use super::super::cost::{Cost, wide};
use super::super::layout::Layout;

/// The parts of an encoder while they are declared.
#[derive(Debug)]
pub struct Parts<'a> {
    layout: &'a mut Layout,
    /// Numbers of all parts, and of the largest.
    numbers: u64,
    largest: u64,
    multiplications: u64,
    /// A cost that is known otherwise.
    #[cfg(feature = "open")]
    known: Option<Cost>,
}

impl<'a> Parts<'a> {
    /// Nothing yet; blocks are appended to this layout.
    pub(super) fn new(layout: &'a mut Layout) -> Self {
        Self {
            layout,
            numbers: 0,
            largest: 0,
            multiplications: 0,
            #[cfg(feature = "open")]
            known: None,
        }
    }

    /// The blocks so far.
    pub const fn layout(&mut self) -> &mut Layout {
        self.layout
    }

    pub(super) fn cost(&self) -> Cost {
        #[cfg(feature = "open")]
        if let Some(known) = self.known {
            return known;
        }
        let all = self.numbers / 10 * 13;
        Cost { kept: self.largest, back: all.saturating_sub(self.largest), multiplications: self.multiplications }
    }

    /// A product with a bias, taken at this many places of a window: `NAME.weight` and `NAME.bias`.
    pub fn dense(&mut self, name: &str, places: usize, (inputs, outputs): (usize, usize)) {
        self.layout.push(format!("{name}.weight"), inputs, outputs, inputs);
        self.layout.push(format!("{name}.bias"), 1, outputs, inputs);
        self.numbers(places, 2 * outputs);
        self.multiplications(places, inputs * outputs);
    }

    /// A convolution with this many taps and steps of its output.
    pub fn convolution(&mut self, name: &str, steps: usize, (inputs, outputs): (usize, usize), taps: usize) {
        self.layout.push(format!("{name}.weight"), taps * inputs, outputs, taps * inputs);
        self.layout.push(format!("{name}.bias"), 1, outputs, taps * inputs);
        self.numbers(steps, 2 * inputs + 4 * outputs);
        self.multiplications(steps, taps * inputs * outputs);
    }

    /// A recurrent cell with so many gates over this many steps; `ending` tells the directions apart (`_reverse`).
    pub fn recurrent(
        &mut self,
        (name, ending): (&str, &str),
        steps: usize,
        (inputs, hidden): (usize, usize),
        gates: usize,
    ) {
        let width = gates * hidden;
        self.layout.push(format!("{name}.weight_ih_l0{ending}"), inputs, width, hidden);
        self.layout.push(format!("{name}.weight_hh_l0{ending}"), hidden, width, hidden);
        self.layout.push(format!("{name}.bias_ih_l0{ending}"), 1, width, hidden);
        self.layout.push(format!("{name}.bias_hh_l0{ending}"), 1, width, hidden);
        self.numbers(steps, inputs + 4 * width);
        self.multiplications(steps, (inputs + hidden) * width);
    }

    /// Attention of several heads over this many steps (Vaswani 2017), `hidden` wide: `NAME.in_proj_weight` and so on.
    pub fn attention(&mut self, name: &str, steps: usize, hidden: usize, heads: usize) {
        self.layout.push(format!("{name}.in_proj_weight"), hidden, 3 * hidden, hidden);
        self.layout.push(format!("{name}.in_proj_bias"), 1, 3 * hidden, hidden);
        self.layout.push(format!("{name}.out_proj.weight"), hidden, hidden, hidden);
        self.layout.push(format!("{name}.out_proj.bias"), 1, hidden, hidden);
        self.numbers(steps, 12 * hidden + 3 * heads * steps);
        self.multiplications(steps, 4 * hidden * hidden + 2 * steps * hidden);
    }

    /// A layer normalization (Ba 2016) of `width` numbers at this many places: `NAME.weight` and `NAME.bias`.
    pub fn normalization(&mut self, name: &str, places: usize, width: usize) {
        self.layout.push_constant(format!("{name}.weight"), width, 1);
        self.layout.push_constant(format!("{name}.bias"), width, 0);
        self.numbers(places, 4 * width);
    }

    /// Operations without parameters, such as an activation: how many numbers they give back for a window.
    pub fn elementwise(&mut self, numbers: usize) {
        self.numbers(1, numbers);
    }

    /// What a built-in encoder costs, its blocks being in the layout already.
    #[cfg(feature = "open")]
    pub(super) const fn known(&mut self, cost: Cost) {
        self.known = Some(cost);
    }

    fn numbers(&mut self, places: usize, each: usize) {
        let count = wide(places).saturating_mul(wide(each));
        self.numbers = self.numbers.saturating_add(count);
        self.largest = self.largest.max(count);
    }

    fn multiplications(&mut self, places: usize, each: usize) {
        self.multiplications = self.multiplications.saturating_add(wide(places).saturating_mul(wide(each)));
    }
}
