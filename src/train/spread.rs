//! Members over the cores of this machine.
//!
//! Members do not meet within a step, so that which thread computes one changes no bit of it. In a browser a worker has
//! one thread; there members are spread over workers instead (`RunConfig::parts`).

/// Do the work for each item, and return the results in the items' order.
#[cfg(target_arch = "wasm32")]
pub fn spread<T, R>(items: Vec<T>, work: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(work).collect()
}

/// Do the work for each item, on all cores where there are several, and return the results in the items' order.
#[cfg(not(target_arch = "wasm32"))]
pub fn spread<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
    // One item stays with the calling thread, whose arrays are warm.
    if items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    items.into_par_iter().map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_in_order() {
        for count in 0..20_usize {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(spread(items, |item| item * item), (0..count).map(|item| item * item).collect::<Vec<_>>());
        }
    }
}
