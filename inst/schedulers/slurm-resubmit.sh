#!/bin/bash
# A job that submits the next one as long as the run is not done, in its folder: sbatch slurm-resubmit.sh
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=16
Rscript fit.R
status=$?
if [ $status = 75 ]; then sbatch slurm-resubmit.sh; fi
exit $status
