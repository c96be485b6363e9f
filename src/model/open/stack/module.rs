//! A stack as a burn module.

use burn::Tensor;
use burn::module::Module;
use burn::tensor::activation::{gelu, relu, sigmoid, softmax};

use super::super::layers::{
    Attention, Convolution, Dense, Dropout, Gru, Lstm, Normalization, Reach, Recurrence, last, mean_over_time,
    sequence, steps,
};
use super::super::{LatentModule, Size};
use super::plan::{Shape, after};
use super::text::{Activation, Cell, Item, Layer, Layers, Pool};

/// The layers, one after the other.
#[derive(Module, Debug)]
pub struct Stacked {
    layers: Vec<Built>,
}

/// A layer and the activation behind it.
#[derive(Module, Debug)]
struct Built {
    kind: Kind,
    #[module(skip)]
    activation: Option<Activation>,
}

/// What a layer is built from.
#[derive(Module, Debug)]
enum Kind {
    Convolution(Convolution),
    Dense(Dense),
    Gru(Vec<Gru>),
    Lstm(Vec<Lstm>),
    Attention(Attention),
    Normalization(Normalization),
    Dropout(Dropout),
    Residual(Vec<Built>),
    Score(Dense),
    Plain(Plain),
}

/// Pooling without parameters.
#[derive(Module, Debug)]
struct Plain {
    mean: bool,
}

impl Stacked {
    pub fn new(layers: &Layers, size: Size) -> Self {
        Self { layers: build(layers.items(), size.into()) }
    }
}

fn build(items: &[Item], mut shape: Shape) -> Vec<Built> {
    let mut built = Vec::with_capacity(items.len());
    for item in items {
        built.push(Built { kind: kind(&item.layer, shape), activation: item.activation });
        shape = after(&item.layer, shape);
    }
    built
}

fn kind(layer: &Layer, Shape { steps, features, .. }: Shape) -> Kind {
    match *layer {
        Layer::Convolution { outputs, kernel, dilation, stride } => {
            let reach = Reach { kernel, dilation, stride, causal: false };
            Kind::Convolution(Convolution::new(features, outputs, reach))
        }
        Layer::Dense { outputs } => Kind::Dense(Dense::new(features, outputs)),
        Layer::Recurrent { cell, units, both } => {
            let directions = 0..if both { 2 } else { 1 };
            match cell {
                Cell::Gru => Kind::Gru(directions.map(|_| Gru::new(features, units)).collect()),
                Cell::Lstm => Kind::Lstm(directions.map(|_| Lstm::new(features, units)).collect()),
            }
        }
        Layer::Attention { heads } => Kind::Attention(Attention::new(features, heads)),
        Layer::Normalization => Kind::Normalization(Normalization::new(features)),
        Layer::Dropout { thousandths } => Kind::Dropout(Dropout::new(thousandths as f32 / 1000.0, steps, features)),
        Layer::Residual(ref items) => Kind::Residual(build(items, Shape { steps, features, pooled: false })),
        Layer::Pool(Pool::Attention) => Kind::Score(Dense::new(features, 1)),
        Layer::Pool(pool) => Kind::Plain(Plain { mean: pool == Pool::Mean }),
    }
}

impl LatentModule for Stacked {
    fn forward(&self, windows: Tensor<4>) -> Tensor<3> {
        // Pooling has left one step.
        last(run(&self.layers, windows))
    }
}

fn run(layers: &[Built], stream: Tensor<4>) -> Tensor<4> {
    layers.iter().fold(stream, |stream, layer| layer.forward(stream))
}

impl Built {
    fn forward(&self, stream: Tensor<4>) -> Tensor<4> {
        let output = match &self.kind {
            Kind::Convolution(layer) => layer.forward(stream),
            Kind::Dense(layer) => layer.along(stream),
            Kind::Gru(cells) => directions(cells, stream),
            Kind::Lstm(cells) => directions(cells, stream),
            Kind::Attention(layer) => layer.forward(stream),
            Kind::Normalization(layer) => layer.forward(stream),
            Kind::Dropout(layer) => layer.forward(stream),
            Kind::Residual(layers) => stream.clone() + run(layers, stream),
            Kind::Score(score) => {
                let weights = softmax(score.along(stream.clone()), 1);
                (stream * weights).sum_dim(1)
            }
            Kind::Plain(Plain { mean }) => {
                let one = if *mean { mean_over_time(stream) } else { last(stream) };
                one.unsqueeze_dim(1)
            }
        };
        match self.activation {
            Some(Activation::Relu) => relu(output),
            Some(Activation::Tanh) => output.tanh(),
            Some(Activation::Sigmoid) => sigmoid(output),
            Some(Activation::Gelu) => gelu(output),
            None => output,
        }
    }
}

/// One recurrence, or two of which the second reads the window backwards, side by side.
fn directions(cells: &[impl Recurrence], stream: Tensor<4>) -> Tensor<4> {
    let inputs = steps(stream);
    let states = cells.iter().enumerate().map(|(direction, cell)| {
        let mut inputs = inputs.clone();
        if direction == 0 {
            return sequence(cell.forward(inputs));
        }
        inputs.reverse();
        let mut states = cell.forward(inputs);
        states.reverse();
        sequence(states)
    });
    Tensor::cat(states.collect(), 3)
}
