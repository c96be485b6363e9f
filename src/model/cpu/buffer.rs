//! Memory that a step takes and gives back.
//!
//! A step needs the same few arrays every time, and a fresh megabyte costs more than the arithmetic on it: zeroing, and
//! natively a page fault every four kilobytes. So arrays that are no longer needed are kept, one list a length.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use crate::model::POOLED;

#[derive(Default)]
struct Pool {
    free: BTreeMap<usize, Vec<Vec<f32>>>,
    kept: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

impl Pool {
    fn take(&mut self, len: usize) -> Option<Vec<f32>> {
        let values = self.free.get_mut(&len)?.pop()?;
        self.kept -= len;
        Some(values)
    }

    fn keep(&mut self, values: Vec<f32>) {
        if self.kept + values.len() > POOLED {
            // Another model's arrays: this one's fill up again within a step.
            *self = Self::default();
        }
        self.kept += values.len();
        self.free.entry(values.len()).or_default().push(values);
    }
}

/// An array of numbers that goes back to its thread's pool when it is dropped.
#[derive(Default)]
pub struct Buffer(Vec<f32>);

impl Buffer {
    /// An array of this length with whatever its last owner left in it.
    #[must_use]
    pub fn stale(len: usize) -> Self {
        let kept = POOL.with_borrow_mut(|pool| pool.take(len));
        Self(kept.unwrap_or_else(|| vec![0.0; len]))
    }

    /// An array of zeros.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        let mut buffer = Self::stale(len);
        buffer.fill(0.0);
        buffer
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.0);
        if !values.is_empty() {
            // A thread that ends drops its pool first; then the memory is simply freed.
            let _ = POOL.try_with(|pool| pool.borrow_mut().keep(values));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_memory_serves_again_and_zeros_are_zeros() {
        let mut first = Buffer::stale(77);
        first.fill(3.0);
        let address = first.as_ptr();
        drop(first);
        let again = Buffer::stale(77);
        assert_eq!(again.as_ptr(), address);
        let other = Buffer::stale(77);
        assert_ne!(other.as_ptr(), address);
        drop(again);
        assert!(Buffer::zeros(77).iter().all(|value| *value == 0.0));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let many: Vec<Buffer> = (0..5).map(|_| Buffer::stale(POOLED / 4)).collect();
        drop(many);
        assert!(POOL.with_borrow(|pool| pool.kept) <= POOLED);
    }
}
