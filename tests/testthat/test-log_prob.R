test_that("-Inf forbids a position", {
  half <- function(x) if (x[1] > 0) normal(x) else -Inf
  init <- start()
  init[, 1] <- abs(init[, 1])
  chain <- run_mcmc(half, init, 500, seed = 1)
  expect_true(all(chain$draws[, , 1] > 0))
  init[1, 1] <- -1
  expect_no_error(run_mcmc(half, init, 10, seed = 1))
})

test_that("a start at -Inf for all walkers is an error that shows the position", {
  expect_snapshot(run_mcmc(function(x) -Inf, start(), 10), error = TRUE, transform = scrub)
})

test_that("what is not a log-probability is an error with walker and position", {
  returns <- function(value) run_mcmc(function(x) value, start(), 10)
  expect_snapshot(returns(NaN), error = TRUE, transform = scrub)
  expect_snapshot(returns(NA), error = TRUE, transform = scrub)
  expect_snapshot(returns(NA_real_), error = TRUE, transform = scrub)
  expect_snapshot(returns(Inf), error = TRUE, transform = scrub)
  expect_snapshot(returns("1"), error = TRUE, transform = scrub)
  expect_snapshot(returns(NULL), error = TRUE, transform = scrub)
  expect_snapshot(returns(numeric()), error = TRUE, transform = scrub)
  expect_snapshot(returns(list(1:2, 3)), error = TRUE, transform = scrub)
  expect_snapshot(returns(factor("a")), error = TRUE, transform = scrub)
  condition <- tryCatch(returns(NaN), livechain_error_log_prob = identity)
  expect_identical(condition$walker, 1)
  expect_identical(condition$position, start()[1, ])
})

test_that("NaN in the middle stops the run, or is rejected and counted", {
  moody <- function(x) if (x[1] > 2) NaN else normal(x)
  init <- start()
  init[, 1] <- -abs(init[, 1])
  expect_error(run_mcmc(moody, init, 1000, seed = 1), class = "livechain_error_log_prob")
  file <- temp_chain()
  expect_message(run_mcmc(moody, init, 1000, seed = 1, on_nan = "reject", file = file), "NaN")
  expect_gt(chain_status(file)$n_nan, 0)
  strict <- function(x) if (x[1] > 2) -Inf else normal(x)
  expect_same_chain(read_chain(file), run_mcmc(strict, init, 1000, seed = 1))
})

test_that("a vectorized density must return a number each", {
  expect_snapshot(run_mcmc(function(x) 1, start(), 10, vectorized = TRUE), error = TRUE, transform = scrub)
  expect_snapshot(run_mcmc(function(x) t(x), start(), 10, vectorized = TRUE), error = TRUE, transform = scrub)
})

blobs_of <- function(log_prob, file = NULL) {
  if (is.null(file)) {
    return(run_mcmc(log_prob, start(), 20, seed = 7)$blobs)
  }
  run_mcmc(log_prob, start(), 20, seed = 7, file = file)
  read_chain(file)$blobs
}

test_that("blobs of all kinds come back as they went, from memory and from a file", {
  first <- reference(20)$draws[, , 1]
  scalar <- function(x) c(normal(x), one = x[1])
  vector <- function(x) list(normal(x), all = c(x[1], 2 * x[1], 3 * x[1]))
  table <- function(x) list(normal(x), table = x[1] * matrix(1:6, 2))
  named <- function(x) c(normal(x), one = x[1], two = 2 * x[1])
  mixed <- function(x) list(normal(x), number = x[1], count = 3L, flag = x[1] > 0, word = sprintf("%.3f", x[1]))
  nested <- function(x) list(normal(x), numbers = c(x[1], 1), count = 3L)
  for (file in list(NULL, temp_chain)) {
    path <- function() if (is.null(file)) NULL else withr::local_tempfile(fileext = ".h5", .local_envir = parent.frame(2))
    expect_identical(blobs_of(scalar, path())[, , "one"], first)
    expect_identical(blobs_of(vector, path())$all, array(c(first, 2 * first, 3 * first), c(20, 20, 3)))
    expect_identical(blobs_of(table, path())$table[3, 4, , ], first[3, 4] * matrix(1:6, 2))
    expect_identical(blobs_of(named, path())[, , "two"], 2 * first)
    frame <- blobs_of(mixed, path())
    expect_identical(frame$number, as.vector(first))
    expect_identical(frame$flag, as.vector(first > 0))
    expect_identical(frame$word, sprintf("%.3f", as.vector(first)))
    expect_identical(unique(frame$count), 3L)
    expect_identical(blobs_of(nested, path())$numbers[, , 1], first)
  }
})

test_that("blobs may be left out where the density is -Inf", {
  half <- function(x) if (x[1] > 0) c(normal(x), first = x[1]) else -Inf
  init <- start()
  init[, 1] <- abs(init[, 1])
  chain <- run_mcmc(half, init, 200, seed = 1)
  expect_identical(chain$blobs[, , "first"], chain$draws[, , 1])
})

test_that("blobs that change their shape are an error that keeps the steps before", {
  file <- temp_chain()
  n_calls <- 0
  fickle <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 100) c(normal(x), a = 1, b = 2) else c(normal(x), a = 1)
  }
  expect_snapshot(run_mcmc(fickle, start(), 20, file = file, seed = 7), error = TRUE, transform = scrub)
  expect_same_chain(read_chain(file), reference(20))
  n_calls <- 0
  lost <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 40) c(normal(x), 1) else list(normal(x), curve = 1:11)
  }
  expect_error(run_mcmc(lost, start(), 20, seed = 7), "and 1 blob of 11 values, as before", class = "livechain_error_log_prob")
})

test_that("resuming a run with blobs keeps their type", {
  file <- temp_chain()
  log_prob <- function(x) list(normal(x), count = 3L, twice = 2 * x[1])
  run_mcmc(log_prob, start(), 10, file = file, seed = 7)
  resume_mcmc(file, log_prob, n_steps = 10)
  expect_identical(read_chain(file)$blobs$twice, as.vector(2 * reference(20)$draws[, , 1]))
  expect_error(resume_mcmc(file, normal, n_steps = 10), class = "livechain_error_log_prob")
})

test_that("an error in the density carries walker and position, and stays what it was", {
  fragile <- function(x) if (x[1] > 1) stop("too far") else normal(x)
  init <- start()
  init[, 1] <- -abs(init[, 1])
  condition <- tryCatch(run_mcmc(fragile, init, 500, seed = 7), simpleError = identity)
  expect_s3_class(condition, "livechain_error_log_prob")
  expect_gt(condition$position[1], 1)
  expect_snapshot(run_mcmc(fragile, init, 500, seed = 7), error = TRUE)
  expect_error(run_mcmc(function(x) rlang::abort("no", class = "mine"), init, 5), "walker 1", class = "mine")
})

test_that("a vectorized density may return blobs as a matrix or a data frame", {
  twice <- 2 * reference(20)$draws[, , 1]
  as_matrix <- function(x) cbind(-rowSums(x^2) / 2, twice = 2 * x[, 1])
  expect_equal(run_mcmc(as_matrix, start(), 20, seed = 7, vectorized = TRUE)$blobs[, , "twice"], twice)
  as_frame <- function(x) data.frame(log_prob = -rowSums(x^2) / 2, twice = 2 * x[, 1], sign = x[, 1] > 0)
  blobs <- run_mcmc(as_frame, start(), 20, seed = 7, vectorized = TRUE)$blobs
  expect_equal(blobs$twice, as.vector(twice))
  expect_identical(blobs$sign, as.vector(twice > 0))
  with_matrix <- function(x) data.frame(log_prob = -rowSums(x^2) / 2, both = I(2 * x), sign = x[, 1] > 0)
  blobs <- run_mcmc(with_matrix, start(), 20, seed = 7, vectorized = TRUE)$blobs
  expect_equal(blobs$both[, , 1], twice)
  expect_identical(blobs$sign, twice > 0)
})

test_that("groups of parameters come as a list, and are remembered", {
  init <- list(mu = start(20, 1)[, 1], beta = start(20, 2, seed = 2))
  log_prob <- function(x) {
    stopifnot(identical(names(x), c("mu", "beta")), length(x$beta) == 2)
    -(x$mu^2 + sum(x$beta^2)) / 2
  }
  file <- temp_chain()
  run_mcmc(log_prob, init, 20, file = file, seed = 7)
  resume_mcmc(file, log_prob, n_steps = 20)
  chain <- read_chain(file)
  expect_identical(dimnames(chain$draws)[[3]], c("mu", "beta[1]", "beta[2]"))
  expect_equal(unname(chain$draws), unname(reference(40, init = cbind(init$mu, init$beta))$draws))
  rows <- function(x) -(x$mu[, 1]^2 + rowSums(x$beta^2)) / 2
  expect_equal(run_mcmc(rows, init, 40, seed = 7, vectorized = TRUE)$draws, chain$draws)
})

test_that("strings have the width that they declare", {
  log_prob <- function(x) list(normal(x), word = structure("ab", width = 3))
  expect_identical(unique(as.vector(run_mcmc(log_prob, start(), 5)$blobs)), "ab")
  n_calls <- 0
  longer <- function(x) {
    n_calls <<- n_calls + 1
    list(normal(x), word = if (n_calls > 30) "abcd" else structure("ab", width = 3))
  }
  expect_snapshot(run_mcmc(longer, start(), 5, seed = 7), error = TRUE)
})

test_that("text that cannot be translated is an error that keeps the steps before, and closes the file", {
  file <- temp_chain()
  n_calls <- 0
  log_prob <- function(x) {
    n_calls <<- n_calls + 1
    word <- "ok"
    if (n_calls > 300) {
      word <- "\xff"
      Encoding(word) <- "bytes"
    }
    list(normal(x), word = word)
  }
  expect_error(
    run_mcmc(log_prob, start(), 100, file = file, seed = 7), "encoding is known, not bytes",
    class = "livechain_error_log_prob"
  )
  expect_identical(chain_status(file)$state, "interrupted")
  expect_same_chain(read_chain(file), reference(14))
  n_calls <- -Inf
  resume_mcmc(file, log_prob)
  expect_same_chain(read_chain(file), reference(100))
})

test_that("text is stored as UTF-8, whatever its encoding, and names may be of any class", {
  latin1 <- "caf\xe9"
  Encoding(latin1) <- "latin1"
  words <- c(enc2utf8(latin1), latin1, "plain", NA)
  log_prob <- function(x) list(normal(x), words = words)
  stored <- run_mcmc(log_prob, start(), 2)$blobs$words
  expect_identical(unique(as.vector(stored[, , 2])), enc2utf8(latin1))
  expect_identical(stored[1, 1, ], c(enc2utf8(latin1), enc2utf8(latin1), "plain", NA))
  computed <- function(x) list(normal(x), text = as.character(1:3), number = 1:3)
  expect_identical(run_mcmc(computed, start(), 2)$blobs$number[1, 1, ], 1:3)
})

test_that("a chain for which there is no memory is an error", {
  for (n_steps in c(2^40, 2^53)) expect_error(run_mcmc(normal, start(), n_steps), class = "livechain_error_memory")
})

test_that("blobs that cannot be stored are an error with walker and position", {
  returns <- function(...) run_mcmc(function(x) list(normal(x), ...), start(), 10)
  for (blob in list(quote(b), 1i, NULL, numeric(), structure("a", width = "wide"), structure("a", width = 0))) {
    condition <- tryCatch(returns(a = blob), error = identity)
    expect_s3_class(condition, "livechain_error_log_prob")
    expect_identical(condition$walker, 1)
    expect_identical(condition$position, start()[1, ])
  }
  expect_snapshot(returns(a = quote(b)), error = TRUE, transform = scrub)
})

test_that("a vectorized density that leaves its blobs out is an error, but where it is -Inf", {
  file <- temp_chain()
  with_blobs <- function(x) cbind(-rowSums(x^2) / 2, a = x[, 1])
  run_mcmc(with_blobs, start(), 10, file = file, vectorized = TRUE, seed = 7)
  expect_snapshot(resume_mcmc(file, function(x) -rowSums(x^2) / 2, n_steps = 10), error = TRUE, transform = scrub)
  expect_identical(chain_status(file)$n_steps, 10)
  resume_mcmc(file, function(x) rep(-Inf, nrow(x)), n_steps = 10, verify = FALSE)
  chain <- read_chain(file)
  expect_identical(as.vector(as.array(chain$blobs)), as.vector(chain$draws[, , 1]))
})

test_that("values after the first need names: a forgotten sum() is said", {
  y <- c(1.5, 2.5, 3)
  each <- function(x) stats::dnorm(y, x[1], 1, log = TRUE)
  expect_snapshot(run_mcmc(each, start(), 10), error = TRUE)
  expect_snapshot(run_mcmc(function(x) as.list(each(x)), start(), 10), error = TRUE)
  rows <- function(x) stats::dnorm(outer(x[, 1], y, "-"), log = TRUE)
  expect_snapshot(run_mcmc(rows, start(), 10, vectorized = TRUE), error = TRUE)
  expect_snapshot(run_mcmc(each, start(), 10, map = lapply), error = TRUE)
})

test_that("blobs that would lose what they are, or that have odd names, are refused by name", {
  returns <- function(...) run_mcmc(function(x) list(normal(x), ...), named_start(), 10)
  expect_snapshot(returns(when = as.Date("2024-05-01")), error = TRUE)
  expect_snapshot(returns(kind = factor("a")), error = TRUE)
  expect_snapshot(returns(wait = as.difftime(3, units = "mins")), error = TRUE)
  expect_snapshot(returns(big = structure(1, class = "integer64")), error = TRUE)
  expect_snapshot(returns(u = 1, u = 2), error = TRUE)
  expect_snapshot(returns(step = 1), error = TRUE)
  expect_snapshot(returns(a = 1), error = TRUE)
  many <- stats::setNames(as.list(1:3000), paste0("y", 1:3000))
  expect_snapshot(do.call(returns, many), error = TRUE)
})

test_that("as many blobs as are allowed can be stored", {
  file <- temp_chain()
  names <- formatC(seq_len(most_blobs), width = most_name_bytes %/% most_blobs, flag = "0")
  log_prob <- function(x) c(normal(x), stats::setNames(seq_along(names), names))
  run_mcmc(log_prob, start(), 2, file = file, seed = 1)
  expect_identical(dimnames(read_chain(file)$blobs)[[3]], names)
})

test_that("NA is rejected as NaN is, with and without blobs, and also when a run is resumed", {
  strict <- reference(60)
  for (missing in list(NA, NA_real_, NaN)) {
    log_prob <- function(x) if (x[1] > 2) missing else c(normal(x), first = x[1])
    expect_message(chain <- run_mcmc(log_prob, start(), 60, seed = 7, on_nan = "reject"), "NaN")
    below <- run_mcmc(function(x) if (x[1] > 2) -Inf else normal(x), start(), 60, seed = 7)
    expect_same_chain(chain, below)
  }
  file <- temp_chain()
  moody <- function(x) if (x[1] > 2) NA else normal(x)
  expect_error(run_mcmc(moody, start(), 60, seed = 7, file = file), "on_nan")
  expect_message(resume_mcmc(file, moody, on_nan = "reject"), "NaN")
  expect_same_chain(read_chain(file), below)
  rows <- function(x) ifelse(x[, 1] > 2, NA, -rowSums(x^2) / 2)
  expect_message(chain <- run_mcmc(rows, start(), 60, seed = 7, on_nan = "reject", vectorized = TRUE), "NaN")
  expect_equal(chain$draws, below$draws)
})

test_that("positions in errors carry the names of the parameters", {
  moody <- function(x) if (x[["a"]] > 1) NaN else normal(x)
  init <- named_start()
  init[, 1] <- -abs(init[, 1])
  expect_snapshot(run_mcmc(moody, init, 1000, seed = 7), error = TRUE)
  condition <- tryCatch(run_mcmc(moody, init, 1000, seed = 7), livechain_error_log_prob = identity)
  expect_named(condition$position, c("a", "b"))
  expect_snapshot(run_mcmc(function(x) c(1, 2), init, 10), error = TRUE)
  expect_snapshot(run_mcmc(function(x) "a", init, 10), error = TRUE)
})

test_that("groups keep the names of their columns, and are taken over from a chain, a file and a state", {
  beta <- start(20, 2, seed = 2)
  colnames(beta) <- c("slope", "bend")
  init <- list(mu = start(20, 1)[, 1], beta = beta)
  log_prob <- function(p) {
    stopifnot(identical(names(p), c("mu", "beta")), identical(names(p$beta), c("slope", "bend")), is.null(names(p$mu)))
    -(p$mu^2 + p$beta[["slope"]]^2 + p$beta[["bend"]]^2) / 2
  }
  file <- temp_chain()
  run <- run_mcmc(log_prob, init, 20, file = file, seed = 7)
  resume_mcmc(file, log_prob, n_steps = 20)
  chain <- run_mcmc(log_prob, init, 40, seed = 7)
  expect_identical(dimnames(chain$draws)[[3]], c("mu", "beta[slope]", "beta[bend]"))
  expect_same_chain(read_chain(file), chain)
  for (from in list(chain, run, last_state(run), last_state(chain))) {
    expect_identical(run_mcmc(log_prob, from, 5, seed = 1)$draws, run_mcmc(log_prob, chain, 5, seed = 1)$draws)
  }
  expect_identical(read_chain(file, parameters = "beta")$draws, chain$draws[, , 2:3])
  rows <- function(p) -(p$mu[, 1]^2 + p$beta[, "slope"]^2 + p$beta[, "bend"]^2) / 2
  expect_equal(run_mcmc(rows, init, 40, seed = 7, vectorized = TRUE)$draws, chain$draws)
})

noisy <- function(x) c(-sum(x^2) / 2 + stats::rnorm(1), replicate = stats::runif(1))

test_that("a density that draws random numbers makes one chain, whatever R's generator, killed or mapped", {
  chain <- run_mcmc(noisy, start(), 60, seed = 7)
  expect_gt(length(unique(as.vector(chain$blobs))), 300)
  same <- function(other) {
    expect_same_chain(other, chain)
    expect_identical(other$blobs, chain$blobs)
  }
  init <- start()
  withr::with_seed(3, same(run_mcmc(noisy, init, 60, seed = 7)), .rng_kind = "Wichmann-Hill", .rng_normal_kind = "Box-Muller")
  same(run_mcmc(noisy, start(), 60, seed = 7, map = lapply))
  cluster <- parallel::makeCluster(2)
  withr::defer(parallel::stopCluster(cluster))
  same(run_mcmc(noisy, start(), 60, seed = 7, map = cluster))

  file <- temp_chain()
  n_calls <- 0
  failing <- function(x) {
    n_calls <<- n_calls + 1
    if (n_calls > 510) stop("enough")
    noisy(x)
  }
  expect_error(run_mcmc(failing, start(), 60, seed = 7, file = file), "enough")
  expect_error(resume_mcmc(file, noisy), "random by design", class = "livechain_error_other_density")
  resume_mcmc(file, noisy, verify = FALSE)
  same(read_chain(file))
})

test_that("a density that draws in one place only is seeded from there on, too", {
  sometimes <- function(x) normal(x) + if (x[1] > 1.5) stats::rnorm(1) else 0
  moves <- list(move_stretch(), move_slice())
  chain <- run_mcmc(sometimes, start(), 100, seed = 7, moves = moves, thin_by = 2)
  file <- temp_chain()
  run_mcmc(sometimes, start(), 30, seed = 7, moves = moves, file = file, thin_by = 2)
  stats::runif(5)
  resume_mcmc(file, sometimes, n_steps = 70)
  expect_same_chain(read_chain(file), chain)
})

test_that("R's own generator is left as it was", {
  set.seed(1)
  before <- .Random.seed
  run_mcmc(noisy, start(), 5, seed = 7)
  run_mcmc(noisy, start(), 5, seed = 7, map = lapply)
  expect_identical(.Random.seed, before)
})

test_that("a vectorized density that draws random numbers makes one chain", {
  rows <- function(x) -rowSums(x^2) / 2 + stats::rnorm(nrow(x))
  first <- run_mcmc(rows, start(), 40, seed = 7, vectorized = TRUE)
  stats::runif(3)
  expect_same_chain(run_mcmc(rows, start(), 40, seed = 7, vectorized = TRUE), first)
})

test_that("a walker that leaves the numbers is an error that names it and the parameter", {
  flat <- function(x) 0
  condition <- tryCatch(run_mcmc(flat, named_start(), 5000, seed = 7, moves = move_stretch(a = 1e10)), error = identity)
  expect_s3_class(condition, "livechain_error_position")
  expect_false(all(is.finite(condition$position)))
  expect_named(condition$position, c("a", "b"))
  expect_true(all(is.finite(condition$chain$draws)))
  expect_match(conditionMessage(condition), sprintf("take walker %d to \\(a = ", condition$walker))
})

test_that("no two columns of a table get one name", {
  expect_error(run_mcmc(function(x) list(normal(x), theta = exp(x)), start(), 5), "name of a group", class = "livechain_error_log_prob")
  twice <- function(x) list(normal(x), v = x, "v[1]" = 1)
  expect_error(run_mcmc(twice, start(), 5), "v\\[1\\]", class = "livechain_error_log_prob")
})

test_that("data with names and a forgotten sum() are told from blobs", {
  y <- c(Mon = 1.2, Tue = 0.4, Wed = 2.2)
  expect_snapshot(chain <- run_mcmc(function(x) dnorm(y, x[["a"]], 1, log = TRUE), named_start(), 2, seed = 1))
  of_each <- function(x, of) of(y, function(datum) dnorm(datum, x, 1, log = TRUE))
  expect_snapshot(chain <- run_mcmc(function(x) of_each(x[, "a"], sapply), named_start(), 2, seed = 1, vectorized = TRUE))
  expect_snapshot(chain <- run_mcmc(function(x) of_each(x[["a"]], lapply)[1:2], named_start(), 2, seed = 1))
  expect_warning(run_mcmc(function(x) as.data.frame(of_each(x[, 1], sapply)), start(), 2, vectorized = TRUE), class = "livechain_warning_blobs")
  expect_warning(run_mcmc(function(x) of_each(x[, 1], lapply), start(), 2, vectorized = TRUE), class = "livechain_warning_blobs")
  expect_warning(run_mcmc(function(x) of_each(x[1], lapply), start(), 2, map = lapply), class = "livechain_warning_blobs")
})

test_that("names that the density gives are those of blobs", {
  result <- function(x) data.frame(chi = -rowSums(x^2) / 2, z = 1)
  for (rows in list(
    function(x) cbind(whole = -rowSums(x^2) / 2, z = 1),
    function(x) {
      chi <- -rowSums(x^2) / 2
      cbind(chi, z = 1)
    },
    function(x) result(x), function(x) as.list(result(x))
  )) {
    expect_no_warning(run_mcmc(rows, start(), 2, seed = 1, vectorized = TRUE), class = "livechain_warning_blobs")
  }
  expect_no_warning(run_mcmc(function(x) list(chi = normal(x), z = 1), named_start(), 2, seed = 1))
  expect_no_warning(run_mcmc(function(x) cbind(total = -rowSums(x^2) / 2, z = 1), named_start(), 2, seed = 1, vectorized = TRUE))
  for (name in c("log_prob", "lp", "lnprob", "logLik", "posterior", "")) {
    expect_no_warning(run_mcmc(function(x) stats::setNames(c(normal(x), 2), c(name, "z")), named_start(), 2, seed = 1))
  }
})

test_that("no blob has the name of a group of parameters", {
  init <- list(mu = matrix(rnorm(40), 20, dimnames = list(NULL, c("x", "y"))))
  expect_error(run_mcmc(function(p) c(-sum(p$mu^2), mu = 1), init, 5), "name of a group", class = "livechain_error_log_prob")
  expect_error(run_mcmc(function(p) list(-sum(p$mu^2), mu = 1:3), init, 5), "name of a group", class = "livechain_error_log_prob")
})

test_that("a blob stays what its first value was, and is named when it does not", {
  later <- function(first, then) {
    n <- 0
    function(x) {
      n <<- n + 1
      list(normal(x), v = if (n > 30) then else first)
    }
  }
  expect_snapshot(run_mcmc(later(TRUE, 2L), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(later(2L, 1.5), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(later(2, "b"), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(later("b", 2), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(later(1:2, 1:3), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(later(NA, 2), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(function(x) c(normal(x), "a\tb" = 2), start(), 5, seed = 1), error = TRUE)
  expect_identical(unique(as.vector(run_mcmc(later(NA_real_, 2), start(), 5, seed = 1)$blobs)), c(NA, 2))
})

test_that("an error in a vectorized density is one of the density", {
  error <- tryCatch(run_mcmc(function(x) stop("bad weather"), start(), 5, vectorized = TRUE), error = identity)
  expect_s3_class(error, c("livechain_error_log_prob", "livechain_error", "simpleError"), exact = FALSE)
  expect_snapshot(run_mcmc(function(x) stop("bad weather"), start(), 5, vectorized = TRUE), error = TRUE)
})

test_that("a vectorized density may return a list of as many columns as there are positions", {
  columns <- function(x) list(-rowSums(x^2) / 2, x = x[, 1], y = x[, 2], z = x[, 1] + x[, 2])
  chain <- run_mcmc(columns, start(), 50, seed = 7, vectorized = TRUE)
  expect_identical(chain$draws, reference(50)$draws)
  expect_identical(chain$blobs[, , "x"], chain$draws[, , 1])
  rows <- function(x) lapply(seq_len(nrow(x)), function(i) c(normal(x[i, ]), a = 1, b = 2, c = 3))
  expect_identical(run_mcmc(rows, start(), 50, seed = 7, vectorized = TRUE)$draws, reference(50)$draws)
  pair <- function(x) list(-rowSums(x^2) / 2, x = x[, 1])
  allowed <- function(x) ifelse(x[, 1] > 0, 0, -Inf)
  init <- abs(start())
  chain <- run_mcmc(pair, init, 50, seed = 7, vectorized = TRUE, log_prior = allowed)
  expect_equal(chain$log_prob, unname(apply(chain$draws, 1:2, normal)))
})

test_that("values of a class are refused later, too, and as log-probabilities", {
  n_calls <- 0
  later <- function(x) {
    n_calls <<- n_calls + 1
    list(normal(x), v = if (n_calls > 30) factor("u", levels = c("t", "u")) else 1)
  }
  expect_snapshot(run_mcmc(later, start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(function(x) Sys.Date(), start(), 5, seed = 1), error = TRUE)
  expect_snapshot(run_mcmc(function(x) list(normal(x$mu), mu = 3), list(mu = start()), 5), error = TRUE)
  flag <- function(x) if (x[1] > 0.3) TRUE else normal(x)
  expect_error(run_mcmc(flag, start(), 5, seed = 1, map = lapply, n_workers = 1), class = "livechain_error_log_prob")
})

test_that("where the density is -Inf, blobs may be missing in any way; text may be NA", {
  word <- function(x) if (x[1] > 0) "up" else NA
  chain <- run_mcmc(function(x) list(normal(x), w = if (x[2] > 9) "a" else word(x)), abs(start()), 60, seed = 7)
  expect_identical(is.na(chain$blobs)[, , 1], chain$draws[, , 1] <= 0)
  inside <- function(x) x[1] > 0
  whole <- run_mcmc(function(x) list(if (inside(x)) normal(x) else -Inf, w = TRUE), abs(start()), 60, seed = 7)
  for (forbidden in list(-Inf, list(-Inf), list(-Inf, w = NA), list(-Inf, w = NULL), list(-Inf, w = "none"))) {
    density <- function(x) if (inside(x)) list(normal(x), w = TRUE) else forbidden
    expect_identical(run_mcmc(density, abs(start()), 60, seed = 7)$blobs, whole$blobs)
  }
  columns <- function(x) data.frame(lp = ifelse(x[, 1] > 0, -rowSums(x^2) / 2, -Inf), w = ifelse(x[, 1] > 0, TRUE, NA))
  expect_identical(run_mcmc(columns, abs(start()), 60, seed = 7, vectorized = TRUE)$blobs, whole$blobs)
})

test_that("a group that does not exist is said, and none is meant by a part of its name", {
  init <- list(mu = rnorm(20), eta = matrix(rnorm(40), 20))
  expect_snapshot(run_mcmc(function(p) -sum((p$etta - 1)^2), init, 5, seed = 1), error = TRUE, transform = function(lines) sub(" at .*", " at", lines))
  expect_error(run_mcmc(function(p) -sum(p$m^2), init, 5), "no group.*for walker 1 at", class = "livechain_error_log_prob")
  expect_error(run_mcmc(function(p) -rowSums(p[["et"]]^2), init, 5, vectorized = TRUE), "no group", class = "livechain_error_log_prob")
  whole <- function(p) -sum(p$mu^2, p[["eta"]]^2, p[[1]]^2) + with(p, sum(mu)) - do.call(function(mu, eta) sum(mu, eta), p)
  expect_identical(dim(run_mcmc(whole, init, 5)), c(5L, 20L, 3L))
})
