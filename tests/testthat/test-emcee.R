expected_runs <- function(folder) {
  jsonlite::fromJSON(file.path(folder, "expected.json"), simplifyDataFrame = FALSE)$runs
}

# A density whose blobs have the type of those in each of emcee's files.
density_for <- function(file) {
  switch(file,
    "blob-scalar.h5" = function(x) c(normal(x), sum(x)),
    "blob-vector.h5" = function(x) c(normal(x), 2 * x),
    "blob-struct.h5" = function(x) list(normal(x), log_prior = x[1], nearest = 4),
    normal
  )
}

test_that("every file of emcee reads with the numbers that emcee reads", {
  folder <- emcee_files()
  for (run in expected_runs(folder)) {
    chain <- read_chain(file.path(folder, run$file), run$name)
    expect_identical(dim(chain), as.integer(run$shape))
    expect_equal(sum(chain$draws), run$chain_sum, tolerance = 1e-12)
    expect_identical(unname(chain$draws[1, 1, ]), run$chain_first)
    expect_identical(unname(chain$draws[run$shape[1], run$shape[2], ]), run$chain_last)
    expect_equal(sum(chain$log_prob), run$log_prob_sum, tolerance = 1e-12)
    expect_identical(chain$accepted, as.double(run$accepted))
    some <- read_chain(file.path(folder, run$file), run$name, discard = 20, thin = 3)
    expect_identical(dim(some), as.integer(run$discard20_thin3_shape))
    expect_identical(unname(some$draws[1, 1, ]), run$discard20_thin3_first)
    if (!is.null(run$blobs_last)) {
      blobs <- chain$blobs
      last <- if (is.data.frame(blobs)) {
        unlist(blobs[nrow(blobs), c("log_prior", "nearest")])
      } else {
        as.vector(if (length(dim(blobs)) == 2) blobs[120, 16] else blobs[120, 16, ])
      }
      expect_equal(last, unlist(run$blobs_last), ignore_attr = TRUE)
    }
  }
})

test_that("every file of emcee is continued, and emcee reads the result", {
  folder <- emcee_files()
  for (run in expected_runs(folder)) {
    file <- file.path(folder, run$file)
    before <- read_chain(file, run$name)
    resume_mcmc(file, density_for(run$file), n_steps = 30, name = run$name, verify = FALSE)
    after <- read_chain(file, run$name)
    n <- run$iteration
    expect_identical(dim(after)[1], as.integer(n + 30))
    expect_identical(after$draws[seq_len(n), , ], before$draws)
    expect_identical(after$log_prob[seq_len(n), ], before$log_prob)
    expect_true(all(after$accepted >= before$accepted))
    expect_lt(max(after$accepted - before$accepted), 31)
    output <- run_python(c(
      "import sys, emcee",
      "backend = emcee.backends.HDFBackend(sys.argv[1], name=sys.argv[2], read_only=True)",
      "print(repr(float(backend.get_chain().sum())), backend.iteration, backend.accepted.sum(), backend.has_blobs())"
    ), file, run$name)
    words <- strsplit(output, " ")[[1]]
    expect_equal(as.double(words[1]), sum(after$draws), tolerance = 1e-9)
    expect_identical(as.integer(words[2]), as.integer(n + 30))
    expect_identical(as.double(words[3]), sum(after$accepted))
    expect_identical(words[4], if (is.null(run$blobs_dtype)) "False" else "True")
  }
  both <- file.path(folder, "two-runs.h5")
  expect_setequal(chain_status(both, name = NULL)$name, c("first", "second"))
})

test_that("a file of emcee is left as it is by a density that cannot go on with it", {
  folder <- emcee_files()
  untouched <- function(file, log_prob, class, ...) {
    before <- tools::md5sum(file)
    expect_error(resume_mcmc(file, log_prob, n_steps = 5, ...), class = class)
    expect_identical(tools::md5sum(file), before)
  }
  untouched(file.path(folder, "plain.h5"), function(x) -100 * sum(x^2), "livechain_error_other_density")
  for (verify in c(TRUE, FALSE)) {
    other <- function(x) c(-sum(x^2), another = "blob")
    untouched(file.path(folder, "blob-struct.h5"), other, "livechain_error", verify = verify)
    untouched(file.path(folder, "plain.h5"), other, "livechain_error", verify = verify)
  }
})

test_that("emcee reads and continues our files, and we go on after it", {
  file <- temp_chain()
  run_mcmc(normal, start(), 50, file = file, seed = 7)
  output <- run_python(c(
    "import sys, emcee, numpy as np",
    "backend = emcee.backends.HDFBackend(sys.argv[1])",
    "print(repr(float(backend.get_chain().sum())), repr(float(backend.get_log_prob().sum())))",
    "sampler = emcee.EnsembleSampler(20, 2, lambda x: -0.5 * np.sum(x**2), backend=backend)",
    "sampler.run_mcmc(None, 25)",
    "print(backend.iteration)"
  ), file)
  expected <- reference(50)
  sums <- as.double(strsplit(output[1], " ")[[1]])
  expect_equal(sums, c(sum(expected$draws), sum(expected$log_prob)), tolerance = 1e-12)
  expect_identical(output[2], "75")

  theirs <- read_chain(file)
  expect_identical(dim(theirs)[1], 75L)
  expect_identical(chain_status(file)$state, "finished")
  resume_mcmc(file, normal, n_steps = 25)
  ours <- read_chain(file)
  expect_identical(dim(ours)[1], 100L)
  expect_identical(ours$draws[1:75, , ], theirs$draws)
  expect_true(all(ours$accepted >= theirs$accepted))
})

test_that("h5py reads a run that is going on, with its default locking, and does not disturb it", {
  python()
  file <- temp_chain()
  process <- sample_in_background(file, 1e7, flush_interval = 0)
  wait_for_steps(file)
  output <- run_python(c(
    "import sys, time, h5py",
    "seen = []",
    "for i in range(50):",
    "    time.sleep(0.02)",
    "    with h5py.File(sys.argv[1], 'r', swmr=True) as f:",
    "        n = f['mcmc'].attrs['iteration']",
    "        seen.append(int(n))",
    "        first = max(0, n - 1000)",
    "        chain = f['mcmc/chain'][first:n]",
    "        assert chain.shape == (n - first, 20, 2)",
    "        assert n == 0 or abs(chain[-1]).min() > 0",
    "print(seen == sorted(seen), seen[-1] > seen[0])"
  ), file)
  expect_identical(output, "True True")
  stop_mcmc(file)
  wait_for_end(process)
  expect_identical(process$get_result(), "done")
  chain <- read_chain(file)
  expect_identical(chain$draws, reference(dim(chain)[1])$draws)
})

test_that("a run with too few walkers for the moves is refused before its file is touched", {
  file <- file.path(emcee_files(), "plain.h5")
  before <- tools::md5sum(file)
  n_walkers <- chain_status(file)$n_walkers
  needy <- move_de_snooker(n_splits = n_walkers + 1)
  expect_error(
    resume_mcmc(file, normal, n_steps = 10, moves = needy),
    "must have at least 17 walkers", class = "livechain_error_argument"
  )
  expect_identical(tools::md5sum(file), before)
})

test_that("a run of emcee goes on with moves that learn, and is resumed to the same bits", {
  for (moves in list(move_slice(), move_dime(), list(move_dime(), move_slice()))) {
    folder <- emcee_files()
    files <- file.path(folder, c("plain.h5", "interrupted.h5"))
    file.copy(files[1], files[2])
    n_calls <- 0
    failing <- function(x) {
      n_calls <<- n_calls + 1
      if (n_calls > 300) stop("enough")
      normal(x)
    }
    withr::with_seed(1, resume_mcmc(files[1], normal, n_steps = 30, moves = moves, verify = FALSE))
    withr::with_seed(1, expect_error(resume_mcmc(files[2], failing, n_steps = 30, moves = moves, verify = FALSE), "enough"))
    expect_lt(chain_status(files[2])$n_steps, 150)
    resume_mcmc(files[2], normal, verify = FALSE)
    expect_identical(read_chain(files[2])$draws, read_chain(files[1])$draws)
    expect_identical(read_chain(files[2])$accepted, read_chain(files[1])$accepted)
  }
})

test_that("counts of accepted proposals that cannot be are damage", {
  skip_if_not_installed("hdf5r")
  file <- file.path(emcee_files(), "plain.h5")
  Sys.chmod(file, "644")
  h5 <- hdf5r::H5File$new(file, "r+")
  h5[["mcmc/accepted"]][1] <- -1e300
  h5$close_all()
  expect_error(chain_status(file), class = "livechain_error_damaged")
  expect_error(resume_mcmc(file, normal, n_steps = 10), class = "livechain_error_damaged")
})

test_that("a run in single precision goes on, also after it was laid out anew", {
  file <- file.path(emcee_files(), "float32.h5")
  log_prob <- function(x) -sum((x - 0:2)^2) / 2
  suppressMessages(resume_mcmc(file, log_prob, n_steps = 2))
  suppressMessages(resume_mcmc(file, log_prob, n_steps = 2))
  expect_error(resume_mcmc(file, function(x) 1.01 * log_prob(x), n_steps = 2), class = "livechain_error_other_density")
})
