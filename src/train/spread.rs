//! Members over the cores of this machine.
//!
//! Members do not meet within a step, so that which thread computes one changes no bit of it. In a browser a worker has
//! one thread; there members are spread over workers instead (`RunConfig::parts`).

/// Fewer members than this are computed by the calling thread: threads that live for one step begin without the
/// arrays of the step before, and that must be worth it.
#[cfg(not(target_arch = "wasm32"))]
const LEAST_MEMBERS: usize = 4;

/// Do the work for each item, and tell the results in the items' order.
#[cfg(target_arch = "wasm32")]
pub fn spread<T, R>(items: Vec<T>, work: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(work).collect()
}

/// Do the work for each item, on all cores where there are several items, and tell the results in the items' order.
#[cfg(not(target_arch = "wasm32"))]
pub fn spread<T: Send, R: Send>(mut items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = cores().min(items.len());
    if items.len() < LEAST_MEMBERS || threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let count = items.len();
    // The first part stays with the calling thread, whose arrays are warm.
    let mut parts: Vec<Vec<T>> = (1..threads).rev().map(|part| items.split_off(part * count / threads)).collect();
    parts.reverse();
    let work = &work;
    std::thread::scope(|scope| {
        let others: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(move || part.into_iter().map(work).collect::<Vec<R>>())).collect();
        let mut results: Vec<R> = items.into_iter().map(work).collect();
        for other in others {
            results.extend(other.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)));
        }
        results
    })
}

/// Cores that this process may use. Asked once: the answer takes a walk through the system's files.
#[cfg(not(target_arch = "wasm32"))]
fn cores() -> usize {
    static CORES: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
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
