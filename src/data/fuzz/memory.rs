//! An allocator that counts, for tests.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's, with a count for each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    /// Bytes in use since counting began, and the most of them.
    static USED: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn add(bytes: isize) {
    // A thread that ends frees memory after its count is gone.
    let _ = USED.try_with(|used| {
        let (now, most) = used.get();
        used.set((now + bytes, most.max(now + bytes)));
    });
}

#[expect(unsafe_code, reason = "an allocator is unsafe to write; this one passes all calls on as they are")]
// SAFETY: the system's allocator does the work, with the very arguments; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size().cast_signed());
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-layout.size().cast_signed());
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both pieces are there while it is moved.
        add(size.cast_signed());
        add(-layout.size().cast_signed());
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Do something on this thread with an input of so many bytes, and hold it to four times that and 64 MiB.
pub fn bounded<T>(input_bytes: usize, work: impl FnOnce() -> T) -> T {
    USED.with(|used| used.set((0, 0)));
    let done = work();
    let (_, most) = USED.with(Cell::get);
    let bound = 4 * input_bytes + (64 << 20);
    assert!(
        most <= bound.cast_signed(),
        "{most} bytes were in use at once for an input of {input_bytes}, at most {bound} should be"
    );
    done
}
