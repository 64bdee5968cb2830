skip_on_cran()
skip_if_not_installed("RcppEigen")

cpp <- new.env()
Rcpp::sourceCpp(test_path("densities.cpp"), env = cpp)

left_start <- function() {
  init <- start()
  init[, 1] <- -abs(init[, 1])
  init
}

test_that("a compiled density gives the chain of the R function, in memory and in a file", {
  log_prob <- cpp$make_normal()
  expect_same_chain(run_mcmc(log_prob, start(), 100, seed = 7), reference(100))
  file <- temp_chain()
  run_mcmc(log_prob, start(), 100, seed = 7, file = file)
  expect_same_chain(read_chain(file), reference(100))
})

test_that("the compiler has nothing to say of a density", {
  r <- file.path(R.home("bin"), "R")
  config <- function(what) strsplit(system2(r, c("CMD", "config", what), stdout = TRUE), " +")[[1]]
  folders <- vapply(c("livechain", "Rcpp", "RcppEigen"), function(package) system.file("include", package = package), "")
  flags <- c("-std=c++17", "-Wall", "-Wextra", "-fsyntax-only", config("--cppflags"), paste0("-I", shQuote(folders)))
  compiler <- config("CXX17")
  said <- suppressWarnings(system2(compiler[1], c(compiler[-1], flags, test_path("densities.cpp")), stdout = TRUE, stderr = TRUE))
  expect_identical(as.vector(said), character())
})

test_that("any number of threads gives the same chain", {
  for (n_threads in c(2, 3, 16)) {
    expect_same_chain(run_mcmc(cpp$make_normal(), start(), 200, seed = 7, n_threads = n_threads), reference(200))
  }
  serial <- run_mcmc(cpp$make_blobs(), start(), 100, seed = 7)
  expect_identical(run_mcmc(cpp$make_blobs(), start(), 100, seed = 7, n_threads = 2), serial)
})

test_that("densities of many positions, of C and of the first version give the chain of the R function", {
  for (make in list(cpp$make_normals, cpp$make_normal_in_c, cpp$make_of_first_version)) {
    for (n_threads in 1:2) {
      expect_same_chain(run_mcmc(make(), start(), 100, seed = 7, n_threads = n_threads), reference(100))
    }
    expect_identical(make()(c(1, 2)), -2.5)
  }
})

test_that("an exception for many positions is told to be that of one", {
  one <- tryCatch(run_mcmc(cpp$make_fragile("too far"), left_start(), 500, seed = 7), error = identity)
  many <- tryCatch(run_mcmc(cpp$make_fragile_rows(), left_start(), 500, seed = 7), error = identity)
  expect_s3_class(many, "livechain_error_log_prob")
  expect_identical(many$walker, one$walker)
  expect_identical(many$position, one$position)
})

test_that("every move takes a compiled density", {
  moves <- list(move_stretch(), move_de(), move_de_snooker(), move_walk(), move_kde(), move_slice(), move_dime())
  compiled <- run_mcmc(cpp$make_normal(), start(), 100, moves = moves, seed = 7, n_threads = 2)
  expect_same_chain(compiled, reference(100, moves = moves))
})

test_that("an object holds data", {
  center <- c(3, -4)
  shifted <- function(x) normal(x - center)
  expect_same_chain(run_mcmc(cpp$make_shifted(center), start(), 50, seed = 7), run_mcmc(shifted, start(), 50, seed = 7))
})

test_that("a compiled density is bounded, on several threads, too", {
  init <- abs(start())
  chain <- run_mcmc(function(x) if (any(x < 0)) -Inf else normal(x), init, 200, seed = 5)
  for (n_threads in 1:2) {
    compiled <- run_mcmc(cpp$make_normal(), init, 200, lower = 0, seed = 5, n_threads = n_threads)
    expect_identical(compiled$draws, chain$draws)
  }
})

test_that("a compiled density can be called from R", {
  expect_identical(cpp$make_normal()(c(1, 2)), -2.5)
  expect_identical(cpp$make_blobs()(c(1, 2)), c(-2.5, one = 1, two = 2))
  expect_identical(cpp$make_named()(c(b = 1, a = 2)), -2.5)
  expect_identical(cpp$make_constant(NaN)(1), NaN)
  expect_snapshot(error = TRUE, {
    cpp$make_named()(1:3)
    cpp$make_normal()("a")
    cpp$make_fragile("too far")(c(2, 0))
  })
})

test_that("densities print", {
  log_prob <- cpp$make_named()
  expect_snapshot({
    log_prob
    cpp$make_blobs()
  })
})

test_that("blobs are those of the R function", {
  in_r <- function(x) c(normal(x), one = x[1], two = 2 * x[1])
  file <- temp_chain()
  run_mcmc(cpp$make_blobs(), start(), 20, seed = 7, file = file)
  expected <- run_mcmc(in_r, start(), 20, seed = 7)$blobs
  expect_identical(read_chain(file)$blobs, expected)
  expect_identical(run_mcmc(cpp$make_blobs(), start(), 20, seed = 7)$blobs, expected)
})

test_that("blobs that are not written are missing", {
  blobs <- run_mcmc(cpp$make_half_blobs(), start(), 5)$blobs
  expect_true(all(is.na(blobs[, , "unset"])))
  expect_false(anyNA(blobs[, , "set"]))
  expect_snapshot(cpp$make_unnamed_blobs(), error = TRUE)
})

test_that("a run goes on from R to C++ and back", {
  file <- temp_chain()
  run_mcmc(normal, start(), 20, seed = 7, file = file)
  resume_mcmc(file, cpp$make_normal(), n_steps = 20, n_threads = 2)
  resume_mcmc(file, normal, n_steps = 20)
  expect_same_chain(read_chain(file), reference(60))
})

test_that("a run with blobs goes on, with the same blobs", {
  in_r <- function(x) c(normal(x), one = x[1], two = 2 * x[1])
  file <- temp_chain()
  run_mcmc(in_r, start(), 10, seed = 7, file = file)
  resume_mcmc(file, cpp$make_blobs(), n_steps = 10)
  expect_identical(read_chain(file)$blobs, run_mcmc(in_r, start(), 20, seed = 7)$blobs)
  expect_snapshot(error = TRUE, {
    resume_mcmc(file, cpp$make_half_blobs(), n_steps = 10)
    resume_mcmc(file, cpp$make_normal(), n_steps = 10)
  })
  expect_identical(chain_status(file)$state, "finished")
})

test_that("parameters have the names and the order that the density says", {
  named <- run_mcmc(cpp$make_named(), start(), 10, seed = 7)
  expect_identical(dimnames(named$draws)[[3]], c("a", "b"))
  expect_identical(named, run_mcmc(cpp$make_normal(), named_start(), 10, seed = 7))
  file <- temp_chain()
  run_mcmc(normal, named_start(c("b", "a")), 10, file = file)
  expect_snapshot(error = TRUE, {
    run_mcmc(cpp$make_named(), named_start(c("b", "a")), 10)
    run_mcmc(cpp$make_named(), start(20, 3), 10)
    resume_mcmc(file, cpp$make_named(), n_steps = 10)
  })
})

test_that("groups of parameters come one after the other", {
  init <- list(mu = start(20, 1)[, 1], beta = start(20, 2, seed = 2))
  grouped <- run_mcmc(cpp$make_normal(), init, 20, seed = 7)
  expect_identical(unname(grouped$draws), unname(reference(20, init = cbind(init$mu, init$beta))$draws))
})

test_that("an exception carries its message, the walker and the position, whatever the threads", {
  in_r <- tryCatch(run_mcmc(function(x) if (x[1] > 1) stop("too far") else normal(x), left_start(), 500, seed = 7), error = identity)
  for (n_threads in 1:2) {
    run <- function() run_mcmc(cpp$make_fragile("too far"), left_start(), 500, seed = 7, n_threads = n_threads)
    condition <- tryCatch(run(), livechain_error_log_prob = identity)
    expect_s3_class(condition, "livechain_error")
    expect_identical(condition$walker, in_r$walker)
    expect_identical(condition$position, in_r$position)
    expect_snapshot(run(), error = TRUE)
  }
})

test_that("messages of all kinds arrive", {
  fails_with <- function(message) {
    conditionMessage(tryCatch(cpp$make_fragile(message)(2), livechain_error_log_prob = identity))
  }
  expect_match(fails_with("{braces} in \u00fcmlauts"), "{braces} in \u00fcmlauts", fixed = TRUE)
  long <- fails_with(strrep("\u00fc", 2000))
  expect_true(validUTF8(long))
  expect_snapshot(cpp$make_odd()(1), error = TRUE)
})

test_that("an exception keeps the steps before", {
  file <- temp_chain()
  init <- left_start()
  expect_error(
    run_mcmc(cpp$make_fragile("too far"), init, 500, seed = 7, file = file, n_threads = 2),
    class = "livechain_error_log_prob"
  )
  resume_mcmc(file, cpp$make_normal())
  expect_same_chain(read_chain(file), reference(500, init = init))
})

test_that("NaN, Inf and -Inf are what they are for an R function", {
  expect_snapshot(error = TRUE, {
    run_mcmc(cpp$make_constant(NaN), start(), 10)
    run_mcmc(cpp$make_constant(Inf), start(), 10)
    run_mcmc(cpp$make_constant(-Inf), start(), 10)
  })
  moody <- function(x) if (x[1] > 2) NaN else normal(x)
  reject <- function(log_prob) suppressMessages(run_mcmc(log_prob, left_start(), 300, seed = 1, on_nan = "reject"))
  expect_same_chain(reject(cpp$make_moody()), reject(moody))
})

test_that("a condition of R that passes through a density stays what it was", {
  calling <- function(f) run_mcmc(cpp$make_calling(f), named_start(), 10, seed = 7)
  expect_same_chain(calling(normal), reference(10, init = named_start()))
  condition <- tryCatch(calling(function(x) rlang::abort("no", class = "mine")), mine = identity)
  expect_s3_class(condition, "livechain_error_log_prob")
  expect_identical(condition$walker, 1)
  expect_identical(condition$position, named_start()[1, ])
})

test_that("an interrupt is heard between two slow evaluations", {
  skip_on_os("windows")
  for (n_threads in 1:2) {
    outcome <- tryCatch(
      {
        system(sprintf("(sleep 0.5; kill -INT %d) &", Sys.getpid()))
        run_mcmc(cpp$make_slow(100), start(), 100, n_threads = n_threads)
      },
      interrupt = function(condition) "interrupted"
    )
    expect_identical(outcome, "interrupted")
  }
})

test_that("steps of a slow density are published on time", {
  file <- temp_chain()
  system.time(run_mcmc(cpp$make_slow(5), start(), 4, file = file, seed = 7, n_threads = 2))
  expect_same_chain(read_chain(file), reference(4))
})

test_that("a density of another session is an error that says what to do", {
  path <- withr::local_tempfile(fileext = ".rds")
  saveRDS(cpp$make_named(), path)
  stale <- readRDS(path)
  expect_snapshot(stale)
  expect_snapshot(stale(1:2), error = TRUE)
  expect_snapshot(run_mcmc(stale, start(), 10), error = TRUE)
  expect_error(stale(1:2), class = "livechain_error_compiled")
})

test_that("a density of another version of the interface is an error that says what to do", {
  expect_snapshot(cpp$make_of_another_version(), error = TRUE)
  expect_error(cpp$make_of_another_version(), class = "livechain_error_compiled")
})

test_that("what compiled densities and R functions do not take is named", {
  compiled <- cpp$make_normal()
  expect_snapshot(error = TRUE, {
    run_mcmc(normal, start(), 10, n_threads = 2)
    run_mcmc(compiled, start(), 10, n_threads = 0)
    run_mcmc(compiled, start(), 10, map = lapply)
    run_mcmc(compiled, start(), 10, vectorized = TRUE)
    run_mcmc(compiled, start(), 10, scale = 2)
    resume_mcmc("none.h5", normal, n_threads = 2)
  })
})

test_that("a density outlives the library that it came from", {
  file <- withr::local_tempfile(fileext = ".cpp")
  source <- function(value) {
    writeLines(c(
      "// [[Rcpp::depends(livechain, RcppEigen)]]", "#include <livechain.h>",
      sprintf("double constant(const livechain::Position&) { return %d; }", value),
      "// [[Rcpp::export]]", "SEXP make() { return livechain::density(constant); }"
    ), file)
    env <- new.env()
    Rcpp::sourceCpp(file, env = env)
    env$make()
  }
  old <- source(1)
  new <- source(2) # unloads the first library
  expect_identical(c(old(0), new(0)), c(1, 2))
  rm(old)
  gc()
  expect_identical(new(0), 2)
})

test_that("a compiled density is verified when a run is resumed", {
  file <- temp_chain()
  run_mcmc(cpp$make_normal(), start(), 20, seed = 7, file = file)
  other <- cpp$make_shifted(c(1, 1))
  expect_error(resume_mcmc(file, other, n_steps = 5), class = "livechain_error_other_density")
  resume_mcmc(file, cpp$make_normal(), n_steps = 5)
  resume_mcmc(file, normal, n_steps = 5)
  expect_same_chain(read_chain(file), reference(30))
  resume_mcmc(file, other, n_steps = 5, verify = "update")
  expect_identical(chain_status(file)$updated, 30)
})

test_that("a compiled prior makes the chain of an R function's, in one call or many, at one temperature or several", {
  half_prior <- function(x) if (x[1] > 2) -Inf else -sum(x^2) / 8
  for (more in list(list(), list(temperatures = c(1, 2, Inf)))) {
    sample <- function(log_prob, ...) {
      suppressMessages(do.call(run_mcmc, c(list(log_prob, start(), 100, seed = 7, ...), more)))
    }
    in_r <- sample(normal, log_prior = half_prior)
    for (make in list(cpp$make_with_prior, cpp$make_rows_with_prior, cpp$make_posterior_in_c, cpp$make_rows_posterior_in_c)) {
      chain <- sample(make())
      expect_equal(chain$draws, in_r$draws)
      expect_equal(chain$blobs, in_r$blobs)
      expect_identical(sample(make(), n_threads = 2), chain)
    }
  }
  with_blobs <- cpp$make_blobs_with_prior()
  expect_identical(with_blobs(c(2, 0)), c(-2.5, one = 2, log_likelihood = -2, log_prior = -0.5))
  file <- temp_chain()
  suppressMessages(run_mcmc(with_blobs, named_start(), 10, file = file, temperatures = c(1, 2), seed = 7))
  suppressMessages(resume_mcmc(file, with_blobs, 5))
  expect_identical(read_chain(file)$draws, suppressMessages(run_mcmc(with_blobs, named_start(), 15, temperatures = c(1, 2), seed = 7))$draws)
  expect_error(resume_mcmc(file, cpp$make_normal(), 5), class = "livechain_error")
  expect_snapshot(run_mcmc(cpp$make_normal(), start(), 10, log_prior = half_prior), error = TRUE)
})

# The densities of this file, as workers can make them.
shared <- function(make, ...) compiled_density(make, list(...), source = test_path("densities.cpp"))

test_that("workers of a cluster make the chain that this process makes, whatever the density", {
  cluster <- two_workers()
  expect_same <- function(log_prob, init = start(), n_steps = 30, n_threads = 1, ...) {
    sample <- function(...) suppressMessages(run_mcmc(log_prob, init, n_steps, seed = 7, ...))
    expect_identical(sample(map = cluster, n_threads = n_threads, ...), sample(...))
  }
  expect_same(shared("make_normal"))
  expect_same(shared("make_normal"), n_threads = 2)
  expect_same(shared("make_normal_in_c"), lower = -3)
  expect_same(shared("make_shifted", c(1, 2)))
  expect_same(shared("make_normals"), n_ensembles = 2)
  expect_same(shared("make_blobs"), named_start())
  expect_same(shared("make_half_blobs"))
  expect_same(shared("make_slow", 1), n_steps = 5)
  for (make in c("make_with_prior", "make_rows_with_prior")) expect_same(shared(make), temperatures = c(1, 2, Inf))
  expect_same(shared("make_blobs_with_prior"), named_start(), n_threads = 2)
})

test_that("a run in a file goes on with a compiled density on workers", {
  cluster <- two_workers()
  file <- temp_chain()
  run_mcmc(cpp$make_blobs(), start(), 10, seed = 7, file = file)
  resume_mcmc(file, shared("make_blobs"), n_steps = 10, map = cluster)
  resume_mcmc(file, shared("make_blobs"), n_steps = 10, map = lapply)
  serial <- run_mcmc(cpp$make_blobs(), start(), 30, seed = 7)
  expect_same_chain(read_chain(file), serial)
  expect_identical(read_chain(file)$blobs, serial$blobs)
  expect_error(resume_mcmc(file, shared("make_normal"), n_steps = 10, map = cluster), class = "livechain_error_log_prob")
})

test_that("maps that fork or hand out themselves take a compiled density", {
  log_prob <- shared("make_normal")
  forked <- function(X, FUN) parallel::mclapply(X, FUN, mc.cores = 2)
  for (map in list(lapply, forked)) expect_same_chain(run_mcmc(log_prob, start(), 5, seed = 7, map = map, n_threads = 2), reference(5))
})

test_that("an exception, a condition of R and NaN on a worker are told as here", {
  cluster <- two_workers()
  told <- function(log_prob, init = left_start(), ...) tryCatch(run_mcmc(log_prob, init, 500, seed = 7, ...), error = identity)
  for (log_prob in list(shared("make_fragile", "{too} far"), shared("make_fragile_rows"), shared("make_moody"))) {
    here <- told(log_prob)
    expect_s3_class(here, "livechain_error_log_prob")
    for (n_threads in 1:2) {
      there <- told(log_prob, map = cluster, n_threads = n_threads)
      expect_identical(there[c("walker", "position")], here[c("walker", "position")])
      expect_identical(cli::ansi_strip(conditionMessage(there)), cli::ansi_strip(conditionMessage(here)))
    }
  }
  calling <- shared("make_calling", function(x) if (x[[1]] > 1) stop("no") else -sum(x^2) / 2)
  init <- left_start()
  colnames(init) <- c("a", "b")
  expect_identical(told(calling, init, map = cluster)[c("walker", "position")], told(calling, init)[c("walker", "position")])
})

test_that("what a lost worker had to do of a compiled density is done by the others", {
  cluster <- two_workers()
  victim <- parallel::clusterCall(cluster[1], Sys.getpid)[[1]]
  file <- temp_chain()
  expect_message(
    run_mcmc(shared("make_slow", 1), start(), 30,
      seed = 7, map = cluster, file = file, callback = function(chain) tools::pskill(victim, 9), callback_every = 10
    ),
    class = "livechain_message_worker"
  )
  expect_same_chain(read_chain(file), reference(30))
  expect_identical(chain_status(file)$n_lost_workers, 1)
})

# Compiled fast, of C, with a header that can be taken away.
light_source <- function(header) {
  sprintf('
    // [[Rcpp::depends(livechain)]]
    #include <Rcpp.h>
    #include <livechain/density.h>
    #include "%s"
    static double normal(const double* x, size_t n, void*) {
      double sum = 0;
      for (size_t p = 0; p < n; ++p) sum += x[p] * x[p];
      return -sum / 2;
    }
    // [[Rcpp::export]]
    SEXP make_light() { return livechain_density_in_c(normal, nullptr, nullptr); }
  ', header)
}

test_that("a worker that does not find what was built compiles the source, or says why not", {
  header <- withr::local_tempfile(fileext = ".h", lines = "// nothing")
  log_prob <- compiled_density("make_light", source = light_source(header))
  unlink(names(recipe_of(log_prob)$source$built))
  cluster <- two_workers()[1]
  expect_same_chain(run_mcmc(log_prob, start(), 20, seed = 7, map = cluster), reference(20))
  expect_same_chain(run_mcmc(log_prob, start(), 20, seed = 7, map = cluster), reference(20))
  unlink(header)
  new <- two_workers()
  condition <- tryCatch(run_mcmc(log_prob, start(), 20, seed = 7, map = new), error = identity)
  expect_s3_class(condition, "livechain_error_worker")
  expect_match(conditionMessage(condition), "cannot be evaluated on worker")
  expect_match(conditionMessage(condition), paste0("fatal error: ", header), fixed = TRUE)
})

test_that("mirai evaluates a compiled density, and goes on without a daemon that was killed", {
  skip_if_not_installed("mirai")
  process <- in_background(function(recipe, init) {
    log_prob <- getNamespace("livechain")$follow_recipe(recipe)
    cluster <- mirai::make_cluster(2)
    chains <- list(run_mcmc(log_prob, init, 20, seed = 7, map = cluster))
    mirai::stop_cluster(cluster)
    mirai::daemons(2)
    pids <- unique(unlist(mirai::mirai_map(1:20, function(i) Sys.getpid())[]))
    kill <- function(chain) tools::pskill(pids[1], 9)
    chains[[2]] <- suppressMessages(run_mcmc(log_prob, init, 40, seed = 7, map = mirai::mirai_map, callback = kill, callback_every = 10))
    mirai::daemons(0)
    chains
  }, recipe_of(shared("make_normal")), start())
  wait_for_end(process)
  for (chain in process$get_result()) expect_same_chain(chain, reference(40))
})

test_that("a density can be made by a function of a package, or any that workers can call", {
  cluster <- two_workers()
  make <- function(recipe) getNamespace("livechain")$follow_recipe(recipe)
  log_prob <- compiled_density(make, list(recipe_of(shared("make_normal"))))
  expect_same_chain(run_mcmc(log_prob, start(), 10, seed = 7, map = cluster), reference(10))
  expect_identical(name_in_package(stats::rnorm), list(make = "rnorm", package = "stats"))
  expect_identical(name_in_package(make), list(make = make))
})

test_that("what compiled_density() cannot make is told", {
  expect_snapshot(error = TRUE, {
    compiled_density(cpp$make_normal)
    compiled_density("make_normal")
    compiled_density(function() 1)
    compiled_density("make_none", source = test_path("densities.cpp"))
    compiled_density("make_normal", source = "none.cpp")
    compiled_density("make_normal", 1)
  })
  expect_error(compiled_density("f", source = "#include \"none.h\"\n"), "fatal error: none.h", class = "livechain_error_compiled")
})

test_that("blobs of a compiled density are refused by the same names", {
  init <- list(one = matrix(rnorm(40), 20))
  expect_error(run_mcmc(cpp$make_blobs(), init, 5), "name of a group", class = "livechain_error_log_prob")
})
