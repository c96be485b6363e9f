//! An object in an S3-compatible bucket, read and written as one text.

use std::fmt;
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload};

use crate::Failure;

/// One object. Region, credentials and endpoint come from the usual variables: `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, and for other services `AWS_ENDPOINT` and `AWS_ALLOW_HTTP`.
#[derive(Clone, Debug)]
pub struct Object {
    store: Arc<dyn ObjectStore>,
    bucket: String,
    path: Path,
}

impl Object {
    /// `s3://BUCKET/PREFIX` with this name behind it, unless the prefix is itself the name of a `.jsonl` object.
    pub fn new(text: &str, name: &str) -> Result<Self, Failure> {
        let (bucket, prefix) = parts(text)?;
        Ok(Self::of(open(bucket)?, bucket, prefix, name))
    }

    fn of(store: Arc<dyn ObjectStore>, bucket: &str, prefix: &str, name: &str) -> Self {
        let prefix = Path::from(prefix);
        let path = if is_results(&prefix) { prefix } else { prefix.join(name) };
        Self { store, bucket: bucket.to_owned(), path }
    }

    /// All `.jsonl` objects directly under `s3://BUCKET/PREFIX`, by name, or the one that this is.
    pub fn all(text: &str) -> Result<Vec<Self>, Failure> {
        let (bucket, prefix) = parts(text)?;
        Self::all_of(&open(bucket)?, bucket, prefix)
    }

    fn all_of(store: &Arc<dyn ObjectStore>, bucket: &str, prefix: &str) -> Result<Vec<Self>, Failure> {
        let object = |path: Path| Self { store: Arc::clone(store), bucket: bucket.to_owned(), path };
        let prefix = Path::from(prefix);
        if is_results(&prefix) {
            return Ok(vec![object(prefix)]);
        }
        let listed = wait(store.list_with_delimiter(Some(&prefix)))?;
        let mut paths: Vec<Path> = listed.objects.into_iter().map(|meta| meta.location).filter(is_results).collect();
        paths.sort();
        Ok(paths.into_iter().map(object).collect())
    }

    /// Its text, or `None` where there is no such object.
    pub fn read(&self) -> Result<Option<String>, Failure> {
        let bytes = wait(async {
            match self.store.get(&self.path).await {
                Ok(found) => found.bytes().await.map(Some),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        let text = bytes.map(|bytes| String::from_utf8(bytes.into())).transpose();
        text.map_err(|_| format!("{self}: its text should be UTF-8").into())
    }

    /// Put this text there; an object is there whole or not at all.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        wait(self.store.put(&self.path, PutPayload::from(text.to_owned().into_bytes()))).map(|_| ())
    }
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "s3://{}/{}", self.bucket, self.path)
    }
}

fn is_results(path: &Path) -> bool {
    path.extension() == Some("jsonl")
}

fn parts(text: &str) -> Result<(&str, &str), Failure> {
    let rest = text.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(format!("a bucket should be given as s3://BUCKET/PREFIX, found {text}").into());
    }
    Ok((bucket, prefix))
}

fn open(bucket: &str) -> Result<Arc<dyn ObjectStore>, Failure> {
    Ok(Arc::new(AmazonS3Builder::from_env().with_bucket_name(bucket).build()?))
}

/// Wait for an answer; a few a minute need no more than one thread.
fn wait<T>(answer: impl Future<Output = object_store::Result<T>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(answer)?)
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[test]
    fn a_text_is_put_found_and_listed() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let object = |prefix: &str, name: &str| Object::of(Arc::clone(&store), "bucket", prefix, name);
        let first = object("sweeps/one/", "b.jsonl");
        assert_eq!(first.to_string(), "s3://bucket/sweeps/one/b.jsonl");
        assert_eq!(first.read().unwrap(), None);
        first.write("one\n").unwrap();
        first.write("one\ntwo\n").unwrap();
        assert_eq!(first.read().unwrap().unwrap(), "one\ntwo\n");
        object("sweeps/one", "a.jsonl").write("a").unwrap();
        object("sweeps/one", "notes.txt").write("n").unwrap();
        object("sweeps/two", "c.jsonl").write("c").unwrap();
        let names = |prefix: &str| -> Vec<String> {
            Object::all_of(&store, "bucket", prefix).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(names("sweeps/one"), ["s3://bucket/sweeps/one/a.jsonl", "s3://bucket/sweeps/one/b.jsonl"]);
        assert_eq!(names("sweeps/two/c.jsonl"), ["s3://bucket/sweeps/two/c.jsonl"]);
        assert!(names("nowhere").is_empty());
    }

    #[test]
    fn a_bucket_has_a_name() {
        assert!(Object::new("s3:///prefix", "x").is_err());
        assert_eq!(parts("s3://bucket").unwrap(), ("bucket", ""));
    }
}
