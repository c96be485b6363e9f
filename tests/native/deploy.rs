//! The scripts under `deploy/` say what the program understands, and do what they say.

#![cfg(all(feature = "cli", unix))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const GRID: [&str; 7] = ["--emulated", "--encoder", "cnn:4:3", "--epochs", "1", "--seed", "1..3"];
const QUICK: [&str; 4] = ["--set", "stride=20", "--set", "batch=32"];

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(deploy(name)).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A command that finds this build's program under its name.
fn command(program: &str) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_lambdascope")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(program);
    command.env("PATH", path).env_remove("CMAPSS_DIR");
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn whole(folder: &Path) -> Vec<u8> {
    let out = folder.join("whole.jsonl");
    run(command("lambdascope").arg("sweep").args(GRID).args(QUICK).arg("--out").arg(&out));
    fs::read(out).unwrap()
}

/// The shell of a manifest: the lines of its `- |` block.
fn shell(manifest: &str) -> String {
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "- |");
    let indent = lines.next().unwrap().find('-').unwrap();
    let block = lines.take_while(|line| line.len() - line.trim_start().len() > indent);
    block.map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn scripts_are_well_formed() {
    for name in ["slurm/sweep.sbatch", "slurm/merge.sbatch", "slurm/submit.sh"] {
        run(command("bash").arg("-n").arg(deploy(name)));
        assert!(text(name).contains("set -euo pipefail"), "{name}");
    }
}

#[test]
fn every_option_exists() {
    let help = |arguments: &[&str]| {
        let output = command("lambdascope").args(arguments).arg("--help").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (sweep, merge) = (help(&["sweep"]), help(&["sweep", "merge"]));
    let shells = [text("slurm/sweep.sbatch"), text("slurm/merge.sbatch")];
    let manifests = ["kubernetes/sweep.yaml", "kubernetes/merge.yaml"].map(|name| shell(&text(name)));
    let grid = text("kubernetes/sweep.yaml").lines().find(|line| line.contains("--emulated")).unwrap().to_owned();
    let mut found = 0;
    for script in shells.iter().chain(&manifests).chain([&format!("lambdascope sweep {}", grid.replace('"', " "))]) {
        let calls = script.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
        let (_, call) = calls.split_once("lambdascope sweep").unwrap();
        let help = if call.trim_start().starts_with("merge") { &merge } else { &sweep };
        for option in call.split_whitespace().filter(|word| word.starts_with("--")) {
            assert!(
                help.contains(&format!("{option} ")) || help.contains(&format!("{option}\n")),
                "{option} in {call}"
            );
            found += 1;
        }
    }
    assert_eq!(found, 11);
}

#[test]
fn an_array_of_jobs_and_its_merge_make_the_whole() {
    let folder = folder("deploy-slurm");
    let whole = whole(&folder);
    for task in ["1", "2"] {
        let mut sweep = command("bash");
        sweep.arg(deploy("slurm/sweep.sbatch")).args(GRID).args(QUICK).env("RESULTS", &folder);
        run(sweep.env("SLURM_ARRAY_TASK_ID", task).env("SLURM_ARRAY_TASK_COUNT", "2"));
    }
    run(command("bash").arg(deploy("slurm/merge.sbatch")).env("RESULTS", &folder));
    assert_eq!(fs::read(folder.join("sweep.jsonl")).unwrap(), whole);
}

#[test]
fn an_indexed_job_and_its_merge_make_the_whole() {
    let folder = folder("deploy-kubernetes");
    let whole = whole(&folder);
    let [parts, joined] = ["parts/", "joined.jsonl"].map(|name| folder.join(name));
    for index in ["0", "1"] {
        let mut sweep = command("sh");
        sweep.args(["-euc", &shell(&text("kubernetes/sweep.yaml"))]);
        sweep.env("JOB_COMPLETION_INDEX", index).env("PARTS", "2").env("JOBS", "1").env("PLACE", &parts);
        run(sweep.env("GRID", [GRID.join(" "), QUICK.join(" ")].join(" ")));
    }
    let mut merge = command("sh");
    merge.args(["-euc", &shell(&text("kubernetes/merge.yaml"))]);
    run(merge.env("PLACE", &parts).env("WHOLE", &joined));
    assert_eq!(fs::read(joined).unwrap(), whole);
}

#[test]
fn a_job_has_as_many_pods_as_parts() {
    let manifest = text("kubernetes/sweep.yaml");
    let completions = manifest.lines().find_map(|line| line.trim().strip_prefix("completions: ")).unwrap();
    assert!(manifest.contains(&format!("- name: PARTS\n              value: \"{completions}\"")));
    assert!(manifest.contains("completionMode: Indexed"));
}

#[test]
fn containers_do_not_run_as_root() {
    assert!(text("Containerfile").contains("\nUSER 65532:65532\n"));
    for name in ["kubernetes/sweep.yaml", "kubernetes/merge.yaml"] {
        assert!(text(name).contains("runAsNonRoot: true") && text(name).contains("runAsUser: 65532"), "{name}");
    }
}
