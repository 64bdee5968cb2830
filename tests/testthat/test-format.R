# Runs inst/examples/verify.py, which knows of the format what its description says. NULL when it finds all right.
verify_elsewhere <- function(file) {
  python <- python()
  if (system2(python, c("-c", shQuote("import xxhash")), stderr = FALSE) != 0) skip("Python's xxhash is not installed")
  script <- system.file("examples", "verify.py", package = "livechain")
  output <- suppressWarnings(system2(python, c(script, file), stdout = TRUE, stderr = TRUE))
  list(ok = is.null(attr(output, "status")), lines = as.vector(output))
}

expect_verified <- function(file, ...) {
  expected <- c(...)
  expect_identical(
    verify_elsewhere(file),
    list(ok = TRUE, lines = sprintf("%s %d %d", names(expected), as.integer(expected), as.integer(expected)))
  )
}

flip_bit <- function(file, at) {
  connection <- file(file, "r+b")
  on.exit(close(connection))
  seek(connection, at - 1)
  byte <- readBin(connection, "raw", 1)
  seek(connection, at - 1, rw = "write")
  writeBin(xor(byte, as.raw(16)), connection)
}

# Where a file has these bytes.
places_of <- function(bytes, file) grepRaw(bytes, readBin(file, "raw", file.size(file)), fixed = TRUE, all = TRUE)

many_blobs <- function(x) {
  right <- x[1] > 0
  list(normal(x), sum = sum(x), n = as.integer(right), right = right, side = if (right) "right" else "left", twice = 2 * x)
}

test_that("another program verifies finished files by the description of the format", {
  file <- temp_chain()
  run_mcmc(normal, named_start(), 2500, file = file, seed = 7)
  expect_verified(file, mcmc = 2500)
  moves <- list(move_dime(), move_slice(), move_gaussian(cov = diag(2) / 3))
  run_mcmc(many_blobs, start(), 300, file = file, name = "blobs", moves = moves, weights = c(2, 1, 0.5))
  run_mcmc(many_blobs, start(), 301, file = file, name = "packed", compression = 4)
  run_mcmc(function(x) list(normal(x), v = 2 * x), start(), 10, file = file, name = "vector", swmr = FALSE)
  moves <- list(move_block(move_de(), c("b", "a")), move_block(move_slice(), 2))
  run_mcmc(normal, named_start(), 20, file = file, name = "bounded", moves = moves, lower = c(a = -9), periodic = c(b = 7))
  expect_verified(file, blobs = 300, bounded = 20, mcmc = 2500, packed = 301, vector = 10)
  resume_mcmc(file, many_blobs, n_steps = 55, name = "packed")
  resume_mcmc(file, normal, n_steps = 500)
  expect_verified(file, blobs = 300, bounded = 20, mcmc = 3000, packed = 356, vector = 10)
})

test_that("another program verifies a file while it is written, and when its writer was killed", {
  for (compression in c(0, 4)) {
    file <- temp_chain()
    process <- sample_in_background(file, 1e7, flush_interval = 0, compression = compression, thin_by = 20)
    wait_for_steps(file, 100)
    seen <- vapply(1:3, function(i) {
      verified <- verify_elsewhere(file)
      expect_true(verified$ok, info = verified$lines)
      as.double(strsplit(verified$lines, " ")[[1]][2])
    }, 0)
    expect_false(is.unsorted(seen))
    expect_gt(seen[3], seen[1])
    process$kill()
    expect_verified(file, mcmc = chain_status(file)$n_steps)
  }
})

test_that("one flipped bit is found, wherever it is", {
  file <- temp_chain()
  run_mcmc(many_blobs, named_start(c("alpha", "beta")), 200, file = file, seed = 7, moves = move_slice())
  chain <- read_chain(file)
  number <- function(x) writeBin(x, raw(), endian = "little")
  is_found <- function(bytes, step = NULL) {
    places <- places_of(bytes, file)
    damaged <- withr::local_tempfile(fileext = ".h5")
    file.copy(file, damaged)
    flip_bit(damaged, places[length(places)])
    verified <- verify_elsewhere(damaged)
    expect_false(verified$ok)
    checked <- check_file(damaged)
    expect_identical(checked$ok, FALSE)
    condition <- tryCatch(read_chain(damaged), livechain_error_damaged = identity)
    expect_s3_class(condition, "livechain_error_damaged")
    if (is.null(step)) {
      return()
    }
    expect_identical(verified$lines, sprintf("mcmc 200 %d", step - 1L))
    expect_identical(c(checked$first_wrong, condition$first_wrong), as.double(c(step, step)))
  }
  # A walker's last value before it moved for the last time stands in one step or several: the last of these is hit.
  last_of <- function(values) {
    stays <- max(which(diff(values) != 0))
    is_found(number(values[stays]), step = stays)
  }
  last_of(chain$draws[, 20, 2])
  last_of(chain$log_prob[, 1])
  is_found(charToRaw("alpha"))
  is_found(charToRaw("slice"))
  is_found(number(start()[3, 2]))
})

test_that("emcee and h5py read a file of each kind while it is written, and emcee when it is finished", {
  reads <- c(
    "import sys, emcee, h5py, numpy as np",
    "class Live(emcee.backends.HDFBackend):",
    "    def open(self, mode='r'): return h5py.File(self.filename, mode, swmr=True)",
    "Backend = Live if sys.argv[2] == 'live' else emcee.backends.HDFBackend",
    "backend = Backend(sys.argv[1], read_only=True)",
    "n = backend.iteration",
    "chain, log_prob, blobs = (get()[:n] for get in (backend.get_chain, backend.get_log_prob, backend.get_blobs))",
    "assert np.array_equal(log_prob, blobs['copy']) and np.array_equal(chain[..., 0], blobs['first'])",
    "print(len(chain), np.isfinite(chain).all() and (log_prob < 0).all(), (backend.accepted <= len(chain)).all())"
  )
  for (compression in c(0, 4)) {
    file <- temp_chain()
    process <- in_background(function(file, init, compression) {
      log_prob <- function(x) c(-sum(x^2) / 2, copy = -sum(x^2) / 2, first = x[1])
      run_mcmc(log_prob, init, 20000, file = file, seed = 7, flush_interval = 0.01, compression = compression)
      NULL
    }, file, start(), compression)
    wait_for_steps(file, 100)
    expect_match(run_python(reads, file, "live"), "^[0-9]+ True True$")
    wait_for_end(process)
    expect_null(process$get_result())
    expect_identical(run_python(reads, file, "finished"), "20000 True True")
    expect_same_chain(read_chain(file), reference(20000))
  }
})

test_that("a run that another program copied into another file is read, verified and continued", {
  file <- temp_chain()
  copy <- temp_chain()
  run_mcmc(many_blobs, start(), 150, file = file, seed = 7, moves = move_slice())
  run_python(c(
    "import sys, h5py",
    "with h5py.File(sys.argv[1]) as ours, h5py.File(sys.argv[2], 'w', libver='v110') as theirs:",
    "    theirs['before'] = list(range(1000))",
    "    ours.copy('mcmc', theirs)"
  ), file, copy)
  expect_verified(copy, mcmc = 150)
  expect_identical(check_file(copy)$ok, TRUE)
  expect_identical(read_chain(copy), read_chain(file))
  for (each in c(file, copy)) resume_mcmc(each, many_blobs, n_steps = 50)
  expect_identical(read_chain(copy), read_chain(file))
  expect_verified(copy, mcmc = 200)
  expect_true(run_python(c("import sys, h5py", "print('before' in h5py.File(sys.argv[1]))"), copy) == "True")
})

# Files that livechain wrote in format 1, each with 15 to 21 of 40 steps, and what they hold when nothing interrupts them.
format1_files <- function(env = parent.frame()) {
  folder <- withr::local_tempdir(.local_envir = env)
  utils::untar(test_path("format1-files.tar.xz"), exdir = folder)
  folder
}

# In the file of this name.
density_of_format1 <- function(name) {
  if (name != "blobs") {
    return(normal)
  }
  function(x) {
    right <- x[1] > 0
    list(normal(x), sum = sum(x), n = as.integer(right), positive = right, side = if (right) "right" else "left", twice = 2 * x)
  }
}

test_that("files of format 1 are read, and go on with new random numbers, as they say", {
  folder <- format1_files()
  expected <- readRDS(file.path(folder, "expected.rds"))
  for (name in names(expected)) {
    file <- file.path(folder, paste0(name, ".h5"))
    whole <- expected[[name]]
    status <- chain_status(file)
    expect_identical(status[c("state", "target", "durable", "ended")], data.frame(
      state = "interrupted", target = 40, durable = NA_real_, ended = NA_character_
    ), ignore_attr = TRUE, info = name)
    chain <- read_chain(file)
    expect_identical(chain$draws, keep_steps(whole$draws, status$n_steps), info = name)
    expect_identical(chain$log_prob, keep_steps(whole$log_prob, status$n_steps), info = name)
    check <- check_file(file)
    expect_identical(check$ok, NA)
    expect_output(print(check), "without checksums")

    expect_message(suppressMessages(resume_mcmc(file, density_of_format1(name)), "livechain_message_diagnosis"),
      class = "livechain_message_new_numbers"
    )
    resumed <- read_chain(file)
    expect_identical(dim(resumed), dim(whole$draws), info = name)
    expect_identical(head(resumed, status$n_steps)$draws, chain$draws, info = name)
    expect_identical(head(resumed, status$n_steps)$blobs, chain$blobs, info = name)
    expect_true(all(resumed$accepted >= chain$accepted), info = name)
    density <- density_of_format1(name)
    last <- last_state(resumed)
    expect_equal(resumed$log_prob[40, 1], as.double(density(last[1, ])[[1]]), info = name)
    expect_identical(chain_status(file)$state, "finished")
    expect_identical(check_file(file)[c("format", "ok")], data.frame(format = "livechain 2", ok = TRUE), ignore_attr = TRUE)
    expect_verified(file, mcmc = 40)
  }
})

test_that("a file of format 1 is untouched by a density that is not its own", {
  folder <- format1_files()
  for (name in setdiff(names(readRDS(file.path(folder, "expected.rds"))), "killed")) {
    file <- file.path(folder, paste0(name, ".h5"))
    before <- tools::md5sum(file)
    density <- density_of_format1(name)
    other <- function(x) {
      result <- density(x)
      result[[1]] <- result[[1]] - 1
      result
    }
    expect_error(resume_mcmc(file, other), class = "livechain_error_other_density", info = name)
    expect_identical(tools::md5sum(file), before, info = name)
  }
})

test_that("a file of format 1 that was killed is mended, and stays one of format 1", {
  file <- file.path(format1_files(), "killed.h5")
  before <- read_chain(file)
  expect_true(repair_chain(file))
  expect_false(repair_chain(file))
  expect_identical(read_chain(file), before)
  expect_identical(check_file(file)$format, "livechain 1")
})
