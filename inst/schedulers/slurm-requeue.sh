#!/bin/bash
# One job that is queued again until the run is done, also when its node fails: sbatch slurm-requeue.sh
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=16
Rscript fit.R
status=$?
if [ $status = 75 ]; then scontrol requeue "$SLURM_JOB_ID"; fi
exit $status
