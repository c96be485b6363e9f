//! The estimated memory of a run beside what it really allocates.

#![cfg(feature = "cli")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use lambdascope::data::{Catalog, Origin, Subset};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{BackendKind, DataSize, Estimate, Host, Run, RunConfig};
use lambdascope::train::{Device, MemberConfig};

thread_local! {
    /// Bytes that this thread holds, and the most it has held.
    static HELD: Cell<[isize; 2]> = const { Cell::new([0; 2]) };
}

/// The system's allocator, counting by thread.
struct Counting;

fn count(bytes: isize) {
    // A thread that ends counts no more.
    let _ = HELD.try_with(|held| {
        let [now, most] = held.get();
        held.set([now + bytes, most.max(now + bytes)]);
    });
}

#[allow(unsafe_code, reason = "an allocator is unsafe to write")]
// SAFETY: every call goes to the system's allocator as it came; a cell without a destructor allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most that a run holds over two steps and a measurement, on a thread of its own with nothing kept from others.
fn allocated(config: &RunConfig) -> u64 {
    let most = std::thread::scope(|scope| {
        let work = || {
            let dataset = Catalog::default().dataset(&config.data).unwrap();
            // Drawing the engines took more than holding them.
            HELD.set([HELD.get()[0]; 2]);
            let mut run = Run::new(config.clone(), &dataset, &Device::Cpu).unwrap();
            for _ in 0..2 {
                pollster::block_on(run.step()).unwrap();
            }
            pollster::block_on(run.evaluate()).unwrap();
            HELD.get()[1]
        };
        // Its members are computed on this thread, too: what other threads allocate is not counted.
        let alone = move || {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().unwrap();
            pool.install(work)
        };
        scope.spawn(alone).join().unwrap()
    });
    most.cast_unsigned() as u64
}

#[test]
fn estimates_are_within_a_factor_of_two_of_what_is_allocated() {
    let sizes = [
        // Width, window, batch, members: the defaults, small, wide, long, many windows, several bootstraps.
        (None, 30, 128, 1),
        (Some(8), 30, 32, 1),
        (Some(96), 30, 256, 1),
        (Some(24), 100, 512, 1),
        (Some(16), 30, 2048, 1),
        (Some(16), 20, 128, 3),
    ];
    let mut apart = Vec::new();
    // What this program can compute.
    let names = if cfg!(feature = "open") { &EncoderConfig::NAMES[..] } else { &EncoderConfig::FUSED[..] };
    for name in names {
        for (hidden, window, batch_size, members) in sizes {
            let mut encoder = EncoderConfig::from_name(name).unwrap();
            if let Some(hidden) = hidden {
                encoder.set_hidden(hidden);
            }
            let member = |seed| MemberConfig { bootstrap: (members > 1).then_some(seed), ..MemberConfig::default() };
            let members = (0..members).map(member).collect();
            let mut config = RunConfig { encoder, batch_size, members, ..RunConfig::default() };
            (config.data.origin, config.data.window) = (Some(Origin::Emulated), window);
            let data = DataSize::of(Subset::FD001);
            let estimate = Estimate::new(&config, &data, BackendKind::Cpu, Host::Native { threads: 1 }).bytes;
            let real = allocated(&config);
            let ratio = estimate as f64 / real as f64;
            println!("{name} {hidden:?} {window} {batch_size}: {estimate} of {real} bytes, {ratio:.2}");
            if !(0.5..=2.0).contains(&ratio) {
                apart.push(format!("{name} {hidden:?} {window} {batch_size}: {estimate} for {real} bytes"));
            }
        }
    }
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
fn a_run_that_does_not_fit_is_refused_before_it_is_built() {
    let mut config = RunConfig { batch_size: 4096, ..RunConfig::default() };
    config.data.window = 100;
    config.encoder = EncoderConfig::Transformer { hidden: 256, heads: 256 };
    let dataset = Catalog::default().dataset(&config.data).unwrap();
    let refused = Run::new(config, &dataset, &Device::Cpu).err().unwrap().to_string();
    assert!(refused.starts_with("`memory` should be at most 8 GB, found "), "{refused}");
}
