//! Runs a command with its output shown as it comes, and kept.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use crate::workspace::show;

/// How a command ended and what it printed on both streams, without colours.
#[derive(Debug)]
pub struct Outcome {
    /// Whether it exited with success.
    pub success: bool,
    /// Both streams, interleaved as they came.
    pub text: String,
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started or waited for.
pub fn run(command: &mut Command) -> Result<Outcome> {
    let shown = show(command);
    println!("xtask: {shown}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{shown}` should start"))?;
    let kept = Arc::new(Mutex::new(Vec::new()));
    let copiers = [
        child.stdout.take().map(|stream| copy(stream, io::stdout(), &kept)),
        child.stderr.take().map(|stream| copy(stream, io::stderr(), &kept)),
    ];
    let status = child.wait().with_context(|| format!("`{shown}` should be waited for"))?;
    for copier in copiers.into_iter().flatten() {
        // A copier cannot panic; were it to, its part of the output is missing and the tally says so.
        let _ = copier.join();
    }
    let bytes = kept.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Outcome { success: status.success(), text: without_colours(&String::from_utf8_lossy(&bytes)) })
}

/// Copies a stream to ours and to the memory, piece by piece.
fn copy(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    kept: &Arc<Mutex<Vec<u8>>>,
) -> thread::JoinHandle<()> {
    let kept = Arc::clone(kept);
    thread::spawn(move || {
        let mut piece = [0; 8192];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..length]);
            // REASON: a closed terminal is no reason to stop counting.
            let _ = to.write_all(&piece[..length]).and_then(|()| to.flush());
        }
    })
}

/// Drops terminal escape sequences such as `ESC [ 1 m`.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // The sequence ends with its first letter.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_colours_and_keeps_the_rest() {
        assert_eq!(without_colours("\u{1b}[32;1m12\u{1b}[0m tests λ"), "12 tests λ");
    }

    #[test]
    fn keeps_what_a_command_prints_and_how_it_ends() {
        let outcome = run(Command::new("cargo").arg("--no-such-flag")).unwrap();
        assert!(!outcome.success);
        assert!(outcome.text.contains("--no-such-flag"));
        assert!(run(&mut Command::new("no-such-program-anywhere")).is_err());
    }
}
