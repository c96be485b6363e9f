//! Between the flat matrices and a burn module: parameters in, gradients out.

use burn::Tensor;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Int, TensorData};

use super::super::Draw;
use super::super::layout::Layout;
use crate::ConfigError;

/// What an encoder's author writes: a burn module whose parameters have a slot as first axis.
///
/// A slot is one member's parameters on the way to one task's gradients. All slots see the same windows; the tasks have
/// slots of their own because burn goes back once, and so one way back gives both gradients. A module is built with one
/// slot; [`Cut`] gives it as many as are needed.
pub trait LatentModule: Module {
    /// The latents `[slots, batch, hidden]` of windows `[1, steps, batch, features]`: time comes before the batch, so that
    /// all windows of one step lie together.
    fn forward(&self, windows: Tensor<4>) -> Tensor<3>;
}

/// A [`LatentModule`] of any type.
pub trait BurnModule {
    /// The same module with these parameters.
    fn filled(self: Box<Self>, cut: &mut Cut) -> Box<dyn BurnModule>;

    /// As [`LatentModule::forward`].
    fn latents(&self, windows: Tensor<4>) -> Tensor<3>;

    /// Write the gradients of the module's parameters.
    fn gather(&self, gather: &mut Gather);

    /// Numbers of each parameter of one slot.
    fn sizes(&self) -> Vec<usize>;
}

impl<M: LatentModule + 'static> BurnModule for M {
    fn filled(self: Box<Self>, cut: &mut Cut) -> Box<dyn BurnModule> {
        Box::new(self.map(cut))
    }

    fn latents(&self, windows: Tensor<4>) -> Tensor<3> {
        self.forward(windows)
    }

    fn gather(&self, gather: &mut Gather) {
        self.visit(gather);
    }

    fn sizes(&self) -> Vec<usize> {
        let mut sizes = Sizes(Vec::new());
        self.visit(&mut sizes);
        sizes.0
    }
}

/// Cuts a module's parameters out of one member's row of the flat matrix, in the order of the module's fields.
pub struct Cut<'a> {
    rest: &'a [f32],
    slots: usize,
    batch: usize,
    draw: Option<Draw>,
    drawn: u32,
    device: &'a Device,
}

impl<'a> Cut<'a> {
    /// From the encoder's part of a row. Where the device tracks, so are the parameters.
    #[must_use]
    pub const fn new(row: &'a [f32], (slots, batch): (usize, usize), draw: Option<Draw>, device: &'a Device) -> Self {
        Self { rest: row, slots, batch, draw, drawn: 0, device }
    }
}

impl ModuleMapper for Cut<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let mut shape = param.lazy_shape().dims::<D>();
        let (own, rest) = self.rest.split_at(shape.iter().product::<usize>().min(self.rest.len()));
        self.rest = rest;
        shape[0] = self.slots;
        // A leaf of its own: the way back of a slice of something tracked fills the whole of it with zeros.
        let value = Tensor::<D>::from_data(TensorData::new(own.repeat(self.slots), shape), self.device);
        let value = if self.device.is_autodiff() { value.require_grad() } else { value };
        Param::initialized(param.id, value)
    }

    /// Random numbers below 2²⁴ of a layer that draws some, `[…, batch, …]` for one window; in training alone.
    fn map_int<const D: usize>(&mut self, param: Param<Tensor<D, Int>>) -> Param<Tensor<D, Int>> {
        let Some(draw) = self.draw else { return param };
        let mut shape = param.lazy_shape().dims::<D>();
        if let Some(batch) = shape.iter_mut().rev().nth(1) {
            *batch = self.batch;
        }
        let numbers: Vec<i32> = draw.numbers(self.drawn, shape.iter().product()).map(u32::cast_signed).collect();
        self.drawn += 1;
        Param::initialized(param.id, Tensor::from_data(TensorData::new(numbers, shape), self.device))
    }
}

/// Gathers the gradients of a module's parameters into one row a slot, in the order of the module's fields.
pub struct Gather<'a, 'b> {
    gradients: Gradients,
    rows: &'a mut [&'b mut [f32]],
    offset: usize,
}

impl<'a, 'b> Gather<'a, 'b> {
    /// Into the encoder's part of these rows.
    #[must_use]
    pub const fn new(gradients: Gradients, rows: &'a mut [&'b mut [f32]]) -> Self {
        Self { gradients, rows, offset: 0 }
    }
}

impl ModuleVisitor for Gather<'_, '_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let len = value.shape().num_elements() / self.rows.len().max(1);
        let places = self.offset..self.offset + len;
        self.offset = places.end;
        let found = value.grad_remove(&mut self.gradients).and_then(|gradient| gradient.try_into_vec_as::<f32>().ok());
        for (slot, row) in self.rows.iter_mut().enumerate() {
            match &found {
                Some(found) => row[places.clone()].copy_from_slice(&found[slot * len..(slot + 1) * len]),
                // A parameter that the latents do not depend on.
                None => row[places.clone()].fill(0.0),
            }
        }
    }
}

struct Sizes(Vec<usize>);

impl ModuleVisitor for Sizes {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(param.lazy_shape().num_elements());
    }
}

/// Whether the module has the parameters that are declared, in the same order.
pub(super) fn check(module: &dyn BurnModule, layout: &Layout) -> Result<(), ConfigError> {
    let declared = layout.blocks().iter().filter(|block| block.offset < layout.shared());
    let (names, sizes): (Vec<&str>, Vec<usize>) = declared.map(|block| (block.name.as_str(), block.len())).unzip();
    let found = module.sizes();
    match sizes.iter().zip(&found).position(|(declared, found)| declared != found) {
        Some(place) => Err(ConfigError::new(
            "encoder",
            format!(
                "a module whose parameter {place} holds {} numbers as {} is declared to",
                sizes[place], names[place]
            ),
            &format!("one of {}", found[place]),
        )),
        None if sizes.len() != found.len() => {
            let expected = format!("a module with the {} parameters that are declared", sizes.len());
            Err(ConfigError::new("encoder", expected, &found.len()))
        }
        None => Ok(()),
    }
}
