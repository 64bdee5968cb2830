# Runs that are written on one mount and looked at on another: what is read is right, the run is running, and nobody else can write
# to it from either side. Takes bindfs, and sshfs with a server of its own on this machine.

mounts <- function() {
  kinds <- mount_kinds[vapply(names(mount_kinds), can_be_mounted, TRUE)]
  if (factor < 1) kinds <- utils::head(kinds, 1)
  n_looks <- counts(5000, 20)
  found <- lapply(kinds, look_through, n_looks)
  result(
    "looks through another mount", n_looks * length(kinds), "looks",
    Reduce(`+`, found, c(not_mounted = 0, failed = 0, wrong = 0, backward = 0, not_running = 0, not_refused = 0)),
    note = if (length(kinds) == 0) "not tried: there is neither bindfs nor sshfs, or no FUSE" else toString(names(kinds))
  )
}

mount_needs <- list(bindfs = "bindfs", sshfs = c("sshfs", "sshd", "ssh-keygen"), sshfs_direct = c("sshfs", "sshd", "ssh-keygen"))

can_be_mounted <- function(kind) file.access("/dev/fuse", 2) == 0 && all(nzchar(Sys.which(mount_needs[[kind]])))

mount_kinds <- list(
  bindfs = function(folder, from, to) system2("bindfs", c(from, to)),
  sshfs = function(folder, from, to) mount_by_ssh(folder, from, to),
  sshfs_direct = function(folder, from, to) mount_by_ssh(folder, from, to, c("-o", "direct_io"))
)

mount_by_ssh <- function(folder, from, to, options = character()) {
  key <- file.path(folder, "key")
  system2("ssh-keygen", c("-q", "-t", "ed25519", "-N", "''", "-f", key))
  settings <- file.path(folder, "settings")
  port <- sample(20000:40000, 1)
  writeLines(c(
    paste("Port", port), "ListenAddress 127.0.0.1", paste("HostKey", key), paste0("AuthorizedKeysFile ", key, ".pub"), "StrictModes no",
    "UsePAM no", "PasswordAuthentication no", "Subsystem sftp internal-sftp", paste("PidFile", file.path(folder, "pid"))
  ), settings)
  dir.create("/run/sshd", showWarnings = FALSE)
  system2(Sys.which("sshd"), c("-f", settings, "-E", file.path(folder, "log")))
  wait_until(function() file.exists(file.path(folder, "pid")))
  system2("sshfs", c(
    sprintf("%s@127.0.0.1:%s", Sys.info()[["user"]], from), to, "-p", port, "-o", paste0("IdentityFile=", key),
    "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", options
  ))
}

unmount <- function(folder, to) {
  system2("fusermount", c("-uz", to), stderr = FALSE)
  server <- file.path(folder, "pid")
  if (file.exists(server)) signal(as.integer(readLines(server)), 15)
}

look_through <- function(mount, n_looks) {
  found <- c(not_mounted = 0, failed = 0, wrong = 0, backward = 0, not_running = 0, not_refused = 0)
  folder <- folder_of()
  on.exit(unlink(folder, recursive = TRUE))
  sides <- file.path(folder, c("from", "to"))
  for (side in sides) dir.create(side)
  on.exit(unmount(folder, sides[2]), add = TRUE, after = FALSE)
  if (mount(folder, sides[1], sides[2]) != 0) {
    found[["not_mounted"]] <- 1
    return(found)
  }
  here <- file.path(sides[1], "chain.h5")
  there <- file.path(sides[2], "chain.h5")
  writer <- background(function(file, log_prob, init) {
    run_mcmc(log_prob, init, 1e6, seed = 7, file = file, vectorized = TRUE, flush_interval = 0)
  }, here, slow_normal(2e-3), start)
  wait_until(function() published(there) > 0)
  reader <- open_chain(there)
  read <- list()
  last <- 0
  for (i in seq_len(n_looks)) {
    looks <- list(
      tryCatch(read_chain(there, last = 20), livechain_error = function(condition) NULL),
      tryCatch(read_new(reader), livechain_error = function(condition) NULL)
    )
    found[["failed"]] <- found[["failed"]] + sum(vapply(looks, is.null, TRUE))
    read <- c(read, Filter(function(look) length(look$steps) > 0, looks))
    status <- chain_status(there)
    found[["backward"]] <- found[["backward"]] + (status$n_steps < last)
    last <- status$n_steps
    found[["not_running"]] <- found[["not_running"]] + (status$state != "running")
  }
  close(reader)
  found[["not_refused"]] <- not_refused(there)
  signal(writer$get_pid(), 9)
  writer$wait()
  other_writer <- background(function(file, log_prob) resume_mcmc(file, log_prob, n_steps = 1e6), there, slow_normal(2e-3))
  wait_until(function() chain_status(there)$n_steps > last && chain_status(here)$state == "running")
  found[["not_refused"]] <- found[["not_refused"]] + not_refused(here)
  stop_mcmc(there)
  other_writer$wait()
  chain <- read_chain(there)
  reference <- reference_of(dim(chain)[1])
  found[["wrong"]] <- sum(!vapply(c(read, list(chain)), same_steps, TRUE, reference))
  found
}

not_refused <- function(file) class_of(resume_mcmc(file, normal, n_steps = 1))[1] != "livechain_error_busy"
