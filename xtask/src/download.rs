//! Downloads a file, and goes on where a download broke off.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use ureq::Agent;
use ureq::http::{Response, StatusCode};

/// The most that is taken from a server, in bytes: the archive has 12 MB.
const MOST_BYTES: u64 = 100_000_000;

/// How patiently to download.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often to try again after an attempt that brought nothing.
    pub retries: u32,
    /// The pause before the first of these; it doubles with each.
    pub pause: Duration,
    /// How long to wait for a connection.
    pub connect: Duration,
    /// How long one attempt may take in all.
    pub attempt: Duration,
}

impl Patience {
    /// For a command that was asked to download.
    pub const PATIENT: Self = Self {
        retries: 4,
        pause: Duration::from_secs(1),
        connect: Duration::from_secs(15),
        attempt: Duration::from_mins(10),
    };

    /// For a command that was asked for something else.
    pub const QUICK: Self =
        Self { retries: 0, pause: Duration::ZERO, connect: Duration::from_secs(3), attempt: Duration::from_secs(30) };
}

/// Downloads `url` to `path`. What has arrived is kept in `path` with `.part` added, also when this fails, and the next
/// attempt, in this call or a later one, asks for the rest alone.
///
/// # Errors
/// When the server cannot be reached, does not have the file, or breaks off more often than patience allows; or when
/// the file cannot be written.
pub fn download(url: &str, path: &Path, patience: Patience) -> Result<()> {
    let part = part(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} should be writable", folder.display()))?;
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(patience.connect))
        .timeout_global(Some(patience.attempt))
        .build();
    let agent = Agent::new_with_config(config);
    let mut failures = 0;
    loop {
        let before = size(&part);
        let error = match attempt(&agent, url, &part) {
            Ok(()) => break,
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(error)) => error,
        };
        // An attempt that brought something counts as none that failed.
        failures = if size(&part) > before { 0 } else { failures + 1 };
        if failures > patience.retries || patience.retries == 0 {
            return Err(error.context(explanation(size(&part))));
        }
        println!("xtask: the download broke off at {} kB ({error:#}); trying again", size(&part) / 1000);
        thread::sleep(patience.pause * 2_u32.pow(failures.saturating_sub(1)));
    }
    fs::rename(&part, path).with_context(|| format!("{} should be writable", path.display()))
}

fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// What a person can do.
fn explanation(have: u64) -> String {
    let kept = if have > 0 { format!(" {} kB have arrived and are kept.", have / 1000) } else { String::new() };
    format!(
        "the file could not be downloaded: is this machine on a network that lets it out?{kept} Run the command again \
         later, or give another address or a file that you have (see --help)"
    )
}

/// Why an attempt failed.
enum Failure {
    /// Another may succeed.
    Passing(anyhow::Error),
    /// Another would fail, too.
    Final(anyhow::Error),
}

/// One attempt: asks for what is missing and appends it.
fn attempt(agent: &Agent, url: &str, part: &Path) -> Result<(), Failure> {
    let have = size(part);
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
    }
    let response = request.call().map_err(|error| match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::Final(anyhow!("{url} is no address: {error}")),
        error => Failure::Passing(error.into()),
    })?;
    let (begin, total) = extent(&response, have, url)?;
    let write = |error: std::io::Error| Failure::Final(anyhow!("{} should be writable: {error}", part.display()));
    let mut file = if begin > 0 {
        OpenOptions::new().append(true).open(part).map_err(write)?
    } else {
        File::create(part).map_err(write)?
    };
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    let mut have = begin;
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return Err(Failure::Passing(error.into())),
        };
        have += count as u64;
        if have > MOST_BYTES {
            return Err(Failure::Final(anyhow!("{url} has more than {} MB", MOST_BYTES / 1_000_000)));
        }
        file.write_all(&buffer[..count]).map_err(write)?;
    }
    match total {
        Some(total) if have < total => Err(Failure::Passing(anyhow!("{have} of {total} bytes arrived"))),
        _ => Ok(()),
    }
}

/// Where in the file the answer begins, and how long the file is if the server tells.
fn extent<T>(response: &Response<T>, have: u64, url: &str) -> Result<(u64, Option<u64>), Failure> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let range = header("content-range").and_then(content_range);
    match response.status() {
        StatusCode::OK => Ok((0, header("content-length").and_then(|length| length.parse().ok()))),
        StatusCode::PARTIAL_CONTENT if range.is_some_and(|(begin, _)| begin == have) => {
            Ok((have, range.and_then(|(_, total)| total)))
        }
        // There is nothing after what has arrived: it is whole, or a later check will find that it is not.
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => Ok((have, None)),
        status if status.is_server_error() => Err(Failure::Passing(anyhow!("{url} answers {status}"))),
        status => Err(Failure::Final(anyhow!("{url} answers {status}"))),
    }
}

/// Reads `bytes BEGIN-END/TOTAL`, where the total may be `*`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// Forgets what has arrived.
///
/// # Errors
/// When it cannot be removed.
pub fn discard(path: &Path) -> Result<()> {
    for path in [path.to_path_buf(), part(path)] {
        if path.exists() && fs::remove_file(&path).is_err() {
            bail!("{} should be removable", path.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// How a server answers one request.
    #[derive(Clone, Copy)]
    enum Answer {
        /// Honours a range, and sends at most so many bytes of what it promised.
        Partly(usize),
        /// Sends everything, whatever was asked.
        Whole,
        /// A status and no more.
        Status(&'static str),
    }

    /// Serves `content` on this machine, one answer a connection; the receiver gets the range of each request.
    fn serve(content: Vec<u8>, answers: Vec<Answer>) -> (String, Receiver<Option<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/archive.zip", listener.local_addr().unwrap());
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut range = None;
                for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                    let line = line.unwrap().to_ascii_lowercase();
                    if let Some(from) = line.strip_prefix("range: bytes=") {
                        range = from.trim_end_matches('-').parse().ok();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                sender.send(range).unwrap();
                let total = content.len();
                let (status, begin, most) = match (answer, range) {
                    (Answer::Status(status), _) => (status.to_owned(), total, 0),
                    (Answer::Partly(most), Some(from)) => (
                        format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}", total - 1),
                        from,
                        most,
                    ),
                    (Answer::Partly(most), None) => ("200 OK".to_owned(), 0, most),
                    (Answer::Whole, _) => ("200 OK".to_owned(), 0, total),
                };
                let length = total - begin;
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&content[begin..(begin + most).min(total)]);
            }
        });
        (url, receiver)
    }

    fn eager() -> Patience {
        Patience { retries: 2, pause: Duration::from_millis(1), ..Patience::PATIENT }
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-download-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn content() -> Vec<u8> {
        (0..300_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
    }

    #[test]
    fn a_download_that_breaks_off_goes_on_where_it_stopped() {
        let folder = folder("resumed");
        let answers =
            vec![Answer::Partly(100_000), Answer::Status("503 Service Unavailable"), Answer::Partly(usize::MAX / 2)];
        let (url, ranges) = serve(content(), answers);
        let path = folder.join("archive.zip");
        download(&url, &path, eager()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), content());
        let ranges: Vec<_> = ranges.iter().collect();
        let rest = ranges[1].unwrap();
        // What a broken connection still had in its buffers may be lost; the rest is asked for from where it ended.
        assert!(ranges[0].is_none() && rest > 0 && rest <= 100_000 && ranges[2] == Some(rest), "{ranges:?}");
        assert!(!part(&path).exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_later_call_resumes_and_a_server_without_ranges_begins_anew() {
        let folder = folder("later");
        let path = folder.join("archive.zip");
        let (url, _ranges) = serve(content(), vec![Answer::Partly(50_000)]);
        let error = download(&url, &path, Patience { retries: 0, ..eager() }).unwrap_err();
        let message = format!("{error:#}");
        assert!(message.contains("have arrived and are kept") && !path.exists(), "{message}");
        assert!(size(&part(&path)) > 0);
        let (url, ranges) = serve(content(), vec![Answer::Whole]);
        download(&url, &path, eager()).unwrap();
        assert!(ranges.recv().unwrap().is_some());
        assert_eq!(fs::read(&path).unwrap(), content());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_cannot_be_had_is_explained() {
        let folder = folder("none");
        let path = folder.join("archive.zip");
        let (url, ranges) = serve(content(), vec![Answer::Status("404 Not Found")]);
        let message = format!("{:#}", download(&url, &path, eager()).unwrap_err());
        assert!(message.contains("answers 404"), "{message}");
        assert_eq!(ranges.iter().count(), 1);
        // A port without a listener.
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let message = format!("{:#}", download(&format!("http://{closed}/"), &path, eager()).unwrap_err());
        assert!(message.contains("is this machine on a network"), "{message}");
        assert!(download("no address", &path, eager()).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!(content_range("bytes 100-199/200"), Some((100, Some(200))));
        assert_eq!(content_range("bytes 7-9/*"), Some((7, None)));
        assert_eq!((content_range("bytes */200"), content_range("items 1-2/3")), (None, None));
    }
}
