#!/bin/bash
# Ten jobs, of which one runs at a time: sbatch slurm-array.sh. Those that find the run done end at once.
#SBATCH --array=1-10%1
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=16
Rscript fit.R
