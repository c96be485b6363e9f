//! A static file server for one person on one machine.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// A listening socket on 127.0.0.1.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
}

/// What a request is answered with.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: &'static str,
    mime: &'static str,
    body: Vec<u8>,
}

impl Server {
    /// Takes the port; 0 takes any free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn bind(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            format!("port {port} on 127.0.0.1 should be free; `cargo xtask serve --port PORT` takes another")
        })?;
        Ok(Self { listener })
    }

    /// Serves a folder until the process ends.
    ///
    /// # Errors
    /// When the folder or the socket's address cannot be read.
    pub fn serve(&self, folder: &Path) -> Result<()> {
        let folder =
            folder.canonicalize().with_context(|| format!("{} should be there after a build", folder.display()))?;
        let address = self.listener.local_addr().context("the socket should have an address")?;
        println!("xtask: Lambdascope is at http://{address}/ (Ctrl-C ends it)");
        for stream in self.listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || {
                // A browser that hangs up in the middle is its own affair.
                let _ = converse(&stream, &folder);
            });
        }
        Ok(())
    }
}

/// Answers one request and closes.
fn converse(mut stream: &TcpStream, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // A request line and its headers; nothing that we serve needs more.
    let mut lines = BufReader::new(stream.take(64 * 1024)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let answer = match method {
        "GET" | "HEAD" => answer(folder, target),
        _ => plain("405 Method Not Allowed", "Only GET and HEAD are served.\n"),
    };
    write!(
        stream,
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.mime,
        answer.body.len()
    )?;
    if method == "GET" {
        stream.write_all(&answer.body)?;
    }
    stream.flush()
}

fn plain(status: &'static str, text: &str) -> Answer {
    Answer { status, mime: "text/plain; charset=utf-8", body: text.as_bytes().to_vec() }
}

/// The file that a request target names.
fn answer(folder: &Path, target: &str) -> Answer {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let Some(relative) = decode(path.trim_start_matches('/')).and_then(|path| inside(&path)) else {
        return plain("400 Bad Request", "The path should stay inside the site.\n");
    };
    let mut file = folder.join(relative);
    if file.is_dir() {
        file.push("index.html");
    }
    match fs::read(&file) {
        Ok(body) => Answer { status: "200 OK", mime: mime(&file), body },
        Err(_) => plain("404 Not Found", "Not found.\n"),
    }
}

/// Undoes percent-encoding.
fn decode(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(bytes.next()?)? * 16 + digit(bytes.next()?)?).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

/// A relative path, unless it would lead out of the folder.
fn inside(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

/// Browsers compile wasm while it streams in only under its own type.
fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_files_with_the_type_browsers_need_and_nothing_outside_the_folder() {
        let folder = std::env::temp_dir().join(format!("xtask-server-{}", std::process::id()));
        fs::create_dir_all(folder.join("a b")).unwrap();
        fs::write(folder.join("index.html"), "hello").unwrap();
        fs::write(folder.join("a b/engine.wasm"), b"\0asm").unwrap();
        let status = |target: &str| answer(&folder, target).status;
        assert_eq!(answer(&folder, "/?x=1").body, b"hello");
        assert_eq!(answer(&folder, "/a%20b/engine.wasm").mime, "application/wasm");
        assert_eq!(status("/missing.js"), "404 Not Found");
        assert_eq!(status("/../secret"), "400 Bad Request");
        assert_eq!(status("/%2e%2e/secret"), "400 Bad Request");
        assert_eq!(status("/%zz"), "400 Bad Request");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn speaks_http() {
        let server = Server::bind(0).unwrap();
        let address = server.listener.local_addr().unwrap();
        let client = thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /missing HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        });
        let (stream, _) = server.listener.accept().unwrap();
        converse(&stream, &std::env::temp_dir().join("no-such-folder")).unwrap();
        drop(stream);
        assert!(client.join().unwrap().starts_with("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain"));
    }
}
