#!/bin/bash
# Submit a grid in N parts and the step that joins them.
#
#   RESULTS=/scratch/curve deploy/slurm/submit.sh 8 --lambda 0..1/21 --seed 1..10

set -euo pipefail

if [[ $# -lt 2 || ! $1 =~ ^[1-9][0-9]*$ ]]; then
  echo "usage: $0 PARTS ARGUMENTS-OF-LAMBDASCOPE-SWEEP…" >&2
  exit 2
fi

here="$(dirname "${BASH_SOURCE[0]}")"
parts="$1"
shift
export RESULTS="${RESULTS:-results}"

job="$(sbatch --parsable --array="1-$parts" --export=ALL "$here/sweep.sbatch" "$@")"
merge="$(sbatch --parsable --dependency="afterok:${job%%;*}" --kill-on-invalid-dep=yes --export=ALL "$here/merge.sbatch")"
echo "parts: job ${job%%;*}, joined by job ${merge%%;*} into $RESULTS/sweep.jsonl"
