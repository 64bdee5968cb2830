# What a scheduler tells the job it runs.

# When the job will be ended, in seconds since 1970; NA when that is not known. What a scheduler only tells the length of is counted
# from the start of this process.
job_end <- function() {
  end <- env_number("SLURM_JOB_END_TIME")
  if (is.na(end)) end <- slurm_end(Sys.getenv("SLURM_JOB_ID"))
  if (is.na(end)) end <- as.double(Sys.time()) - proc.time()[["elapsed"]] + env_number("PBS_WALLTIME")
  end
}

env_number <- function(name) {
  value <- Sys.getenv(name)
  if (grepl("^[0-9]+$", value)) as.double(value) else NA_real_
}

# Before Slurm 22.05 it has to be asked.
slurm_end <- function(id) {
  if (!grepl("^[0-9]+$", id) || !nzchar(Sys.which("squeue"))) {
    return(NA_real_)
  }
  end <- suppressWarnings(tryCatch(
    system2("squeue", c("-h", "-j", id, "-o", "%e"), stdout = TRUE, stderr = FALSE),
    error = function(condition) character()
  ))
  as.double(as.POSIXct(end[1], format = "%Y-%m-%dT%H:%M:%S"))
}
