//! Layers written as the text that they are read from.

use std::fmt::{self, Display, Formatter};

use super::{Item, Layer, Layers};

impl Display for Layers {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        join(&self.0, formatter)
    }
}

fn join(items: &[Item], formatter: &mut Formatter<'_>) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            formatter.write_str("|")?;
        }
        item.fmt(formatter)?;
    }
    Ok(())
}

impl Display for Item {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.layer {
            Layer::Convolution { outputs, kernel, dilation, stride } => {
                write!(formatter, "conv{outputs}k{kernel}")?;
                if *dilation > 1 {
                    write!(formatter, "d{dilation}")?;
                }
                if *stride > 1 {
                    write!(formatter, "s{stride}")?;
                }
            }
            Layer::Dense { outputs } => write!(formatter, "dense{outputs}")?,
            Layer::Recurrent { cell, units, both } => {
                write!(formatter, "{}{}{units}", if *both { "bi" } else { "" }, cell.name())?;
            }
            Layer::Attention { heads } => write!(formatter, "attn{heads}")?,
            Layer::Normalization => formatter.write_str("norm")?,
            Layer::Dropout { thousandths } => write!(formatter, "drop{}", f64::from(*thousandths) / 1000.0)?,
            Layer::Residual(items) => {
                formatter.write_str("res(")?;
                join(items, formatter)?;
                formatter.write_str(")")?;
            }
            Layer::Pool(pool) => formatter.write_str(pool.name())?,
        }
        self.activation.map_or(Ok(()), |activation| write!(formatter, "-{}", activation.name()))
    }
}
