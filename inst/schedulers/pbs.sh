#!/bin/bash
# A job of PBS that submits the next one as long as the run is not done: qsub pbs.sh
# Tried with the qsub that Slurm has for scripts of PBS, not with PBS itself. There, PBS_WALLTIME is what the job may take, in seconds.
#PBS -l walltime=04:00:00
#PBS -l ncpus=16
cd "$PBS_O_WORKDIR" || exit 1
export PBS_WALLTIME=$((${PBS_WALLTIME:-14400} - SECONDS)) # what is left when R starts
Rscript fit.R
status=$?
if [ $status = 75 ]; then qsub pbs.sh; fi
exit $status
