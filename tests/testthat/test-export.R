blobs_of_all_kinds <- function(x) {
  list(
    normal(x),
    radius = sqrt(sum(x^2)), count = if (x[1] > 1) NA else as.integer(x[1] * 10), positive = x[1] > 0,
    fitted = x[1] + 1:3, table = matrix(c(x, x^2, x^3), 2), word = if (x[1] > 0) "a \"b\",c" else "\u00e9", log_lik = 2 * x
  )
}

chain_of_all_kinds <- function(file = NULL, n_steps = 60) {
  run_mcmc(blobs_of_all_kinds, named_start(c("mu[lKe]", "mu[lKa]")), n_steps, file = file, seed = 7) |> suppressMessages()
}

# Smaller blocks than any chain here.
local_small_blocks <- function(n_values, env = parent.frame()) {
  withr::local_options(livechain.block_values = n_values, .local_envir = env)
}

exported <- function(x, ending, ..., env = parent.frame()) {
  export_chain(x, withr::local_tempfile(fileext = ending, .local_envir = env), ...)
}

as_rows <- function(x) as.vector(t(x))

test_that("a table has every number of the chain, for blocks of any size", {
  file <- temp_chain()
  run <- chain_of_all_kinds(file)
  chain <- read_chain(run)
  to <- exported(chain, ".csv")
  table <- utils::read.csv(to, check.names = FALSE, encoding = "UTF-8")
  expect_named(table, c(
    "step", "walker", "mu[lKe]", "mu[lKa]", "radius", "count", "positive", "fitted[1]", "fitted[2]", "fitted[3]",
    "table[1,1]", "table[2,1]", "table[1,2]", "table[2,2]", "table[1,3]", "table[2,3]", "word", "log_lik[1]", "log_lik[2]", "log_prob"
  ))
  expect_identical(table$step, rep(1:60, each = 20))
  expect_identical(table$walker, rep(1:20, 60))
  expect_identical(table[["mu[lKa]"]], as_rows(chain$draws[, , 2]))
  expect_identical(table$log_prob, as_rows(chain$log_prob))
  expect_identical(table$count, as_rows(chain$blobs$count))
  expect_true(anyNA(table$count))
  expect_identical(table$positive, as_rows(chain$blobs$positive))
  expect_identical(table$word, as_rows(chain$blobs$word))
  expect_identical(table[["fitted[2]"]], as_rows(chain$blobs$fitted[, , 2]))
  expect_identical(table[["table[2,3]"]], as_rows(chain$blobs$table[, , 2, 3]))

  text <- readLines(to)
  expect_identical(readLines(exported(run, ".csv.gz")), text)
  for (n_values in c(1, 3000, 7777)) {
    local_small_blocks(n_values)
    expect_identical(readLines(exported(file, ".csv")), text)
  }
})

test_that("discard, thin and parameters mean what they mean elsewhere", {
  file <- temp_chain()
  run <- run_mcmc(function(x) c(normal(x), radius = sqrt(sum(x^2))), named_start() + 10, 200, file = file, seed = 7) |>
    suppressMessages()
  local_small_blocks(1000)
  chain <- read_chain(run)
  for (discard in list(0, 50, "auto")) {
    for (thin in c(1, 3)) {
      expected <- read_chain(run, discard = discard, thin = thin)
      table <- utils::read.csv(exported(run, ".csv", discard = discard, thin = thin))
      expect_identical(unique(table$step), as.integer(expected$steps))
      expect_identical(table$b, as_rows(expected$draws[, , "b"]))
      in_memory <- utils::read.csv(exported(chain, ".csv", discard = discard, thin = thin))
      expect_identical(in_memory$b, table$b)
      expect_identical(subset(chain, discard = discard, thin = thin)$draws, expected$draws)
    }
  }
  expect_gt(min(table$step), 3)
  expect_named(utils::read.csv(exported(run, ".csv", parameters = c("radius", "b"))), c("step", "walker", "radius", "b", "log_prob"))
  expect_named(utils::read.csv(exported(chain, ".csv", blobs = FALSE)), c("step", "walker", "a", "b", "log_prob"))
  chosen <- readRDS(exported(run, ".rds", parameters = "a", discard = 100))
  expect_identical(dim(chosen), c(100L, 20L, 1L))
})

test_that("numbers of a table are the same again", {
  numbers <- c(0.1, 1 / 3, pi * 1e300, 5e-324, -0, Inf, -Inf, NaN, NA, 123456789, 2^53 + 2)
  expect_identical(utils::type.convert(number_text(numbers), as.is = TRUE), numbers)
  expect_identical(number_text(c(0.1, 3)), c("0.1", "3"))
})

test_that("emcee's blobs without names are exported, too", {
  folder <- emcee_files()
  chain <- read_chain(file.path(folder, "blob-vector.h5"))
  table <- utils::read.csv(exported(file.path(folder, "blob-vector.h5"), ".csv"), check.names = FALSE)
  expect_identical(table[["blob[2]"]], as_rows(chain$blobs[, , 2]))
})

test_that("parquet has the same table", {
  skip_if_not_installed("nanoparquet")
  file <- temp_chain()
  run <- chain_of_all_kinds(file)
  chain <- read_chain(run)
  local_small_blocks(5000)
  table <- nanoparquet::read_parquet(exported(run, ".parquet"))
  expect_identical(table$word, as_rows(chain$blobs$word))
  expect_identical(table$count, as_rows(chain$blobs$count))
  expect_identical(table$positive, as_rows(chain$blobs$positive))
  expect_identical(table$`fitted[3]`, as_rows(chain$blobs$fitted[, , 3]))
  expect_identical(table$log_prob, as_rows(chain$log_prob))
  expect_identical(table$step, rep(chain$steps, each = 20))
})

with_xarray <- function(code, path) {
  skip_if(
    system2(python(), c("-c", shQuote("import xarray, netCDF4, h5netcdf")), stdout = FALSE, stderr = FALSE) != 0,
    "xarray, netCDF4 and h5netcdf are not installed"
  )
  output <- run_python(c("import sys, json, xarray as xr, netCDF4", code), path)
  jsonlite::fromJSON(output[length(output)])
}

test_that("xarray reads the netCDF file as ArviZ does, with two libraries", {
  skip_if_not_installed("RNetCDF")
  file <- temp_chain()
  run <- chain_of_all_kinds(file)
  chain <- read_chain(run, discard = 10, thin = 2)
  local_small_blocks(4000)
  to <- exported(run, ".nc", discard = 10, thin = 2)
  seen <- with_xarray("
def flat(x): return [None if v != v else v for v in x.values.ravel().tolist()]
result = {'groups': list(netCDF4.Dataset(sys.argv[1]).groups)}
for engine in ('netcdf4', 'h5netcdf'):
    of = {group: xr.open_dataset(sys.argv[1], group=group, engine=engine) for group in result['groups']}
    posterior, stats = of['posterior'], of['sample_stats']
    result[engine] = {
        'sizes': dict(posterior.sizes), 'names': list(posterior.data_vars), 'draw': flat(posterior.draw), 'chain': flat(posterior.chain),
        'library': posterior.attrs['inference_library'], 'attributes': sorted(posterior.attrs),
        'lKa': flat(posterior.mu.sel(mu_dim_0='lKa')), 'mu_dims': posterior.mu.dims,
        'fitted': flat(posterior.fitted.sel(fitted_dim_0=3)), 'table': flat(posterior.table[:, :, 1, 2]), 'table_shape': posterior.table.shape,
        'count': flat(posterior['count']), 'positive': flat(posterior.positive), 'positive_type': str(posterior.positive.dtype),
        'lp': flat(stats.lp), 'word': stats.word.values.ravel().tolist(), 'log_lik': flat(of['log_likelihood'].log_lik[:, :, 1]),
    }
print(json.dumps(result))", to)
  expect_setequal(seen$groups, c("posterior", "sample_stats", "log_likelihood"))
  for (engine in c("netcdf4", "h5netcdf")) {
    of <- seen[[engine]]
    expect_mapequal(of$sizes, list(chain = 20L, draw = 25L, mu_dim_0 = 2L, fitted_dim_0 = 3L, table_dim_0 = 2L, table_dim_1 = 3L))
    expect_identical(of$names, c("mu", "radius", "count", "positive", "fitted", "table"))
    expect_identical(of$draw, seq(12L, 60L, 2L))
    expect_identical(of$chain, 0:19)
    expect_identical(of$library, "livechain")
    expect_true(all(c("created_at", "inference_library_version") %in% of$attributes))
    expect_identical(of$mu_dims, c("chain", "draw", "mu_dim_0"))
    expect_identical(of$lKa, as.vector(chain$draws[, , 2]))
    expect_identical(of$fitted, as.vector(chain$blobs$fitted[, , 3]))
    expect_identical(of$table_shape, c(20L, 25L, 2L, 3L))
    expect_identical(of$table, as.vector(chain$blobs$table[, , 2, 3]))
    expect_equal(of$count, as.vector(chain$blobs$count))
    expect_identical(of$positive, as.vector(chain$blobs$positive))
    expect_identical(of$positive_type, "bool")
    expect_identical(of$lp, as.vector(chain$log_prob))
    expect_identical(of$word, as.vector(chain$blobs$word))
    expect_identical(of$log_lik, as.vector(chain$blobs$log_lik[, , 2]))
  }
})

test_that("names that netCDF cannot have are replaced, and kept as long names", {
  skip_if_not_installed("RNetCDF")
  log_prob <- function(x) c(normal(x), "a/b" = 1, draw = 2)
  chain <- run_mcmc(log_prob, named_start(c("(Intercept)", "a_b", "m[1,1]", "m[2,1]")), 30, seed = 7) |> suppressMessages()
  to <- exported(chain, ".nc", groups = c("a/b" = "posterior_predictive"))
  file <- RNetCDF::open.nc(to)
  withr::defer(RNetCDF::close.nc(file))
  posterior <- RNetCDF::grp.inq.nc(file, "posterior")$self
  names <- vapply(RNetCDF::grp.inq.nc(posterior)$varids, function(id) RNetCDF::var.inq.nc(posterior, id)$name, "")
  expect_identical(names, c("chain", "draw", "_(Intercept)", "a_b", "m[1,1]", "m[2,1]", "draw_"))
  expect_identical(RNetCDF::att.get.nc(posterior, "_(Intercept)", "long_name"), "(Intercept)")
  expect_equal(RNetCDF::var.get.nc(posterior, "m[2,1]"), unname(chain$draws[, , 4]))
})

test_that("a file that exists stays, and a failed export leaves nothing", {
  folder <- withr::local_tempdir()
  to <- file.path(folder, "x.csv")
  chain <- reference(20)
  export_chain(chain, to)
  before <- readLines(to)
  expect_error(export_chain(chain[1:5, , ], to), class = "livechain_error_exists")
  expect_identical(readLines(to), before)
  export_chain(chain[1:5, , ], to, overwrite = TRUE)
  expect_length(readLines(to), 101)

  # Damaged in its last steps: the first blocks are written, and thrown away.
  file <- file.path(folder, "damaged.h5")
  run_mcmc(normal, start(), 200, file = file, seed = 7) |> suppressMessages()
  raw <- readBin(file, "raw", file.size(file))
  last <- writeBin(read_chain(file)$draws[200, 20, 2], raw(), endian = "little")
  at <- max(grepRaw(last, raw, all = TRUE, fixed = TRUE))
  raw[at] <- xor(raw[at], as.raw(1))
  writeBin(raw, file)
  local_small_blocks(1000)
  expect_error(export_chain(file, file.path(folder, "y.csv")), class = "livechain_error_damaged")
  expect_error(export_chain(file, to, overwrite = TRUE), class = "livechain_error_damaged")
  expect_setequal(list.files(folder), c("damaged.h5", "x.csv"))
  expect_length(readLines(to), 101)
})

test_that("a full disk leaves no half file", {
  skip_on_cran()
  skip_if_not(nzchar(Sys.which("bash")))
  folder <- withr::local_tempdir()
  saveRDS(run_mcmc(normal, start(), 3000, seed = 7), file.path(folder, "chain.rds")) |> suppressMessages()
  script <- withr::local_tempfile(fileext = ".R", lines = c(
    "library(livechain)", "arguments <- commandArgs(TRUE)", "chain <- readRDS(file.path(arguments[1], 'chain.rds'))",
    "for (to in arguments[-1]) cat(tryCatch(export_chain(chain, file.path(arguments[1], to)), error = function(e) class(e)[1]), sep = '\\n')"
  ))
  formats <- c("csv", "csv.gz", "rds", if (requireNamespace("RNetCDF")) "nc", if (requireNamespace("nanoparquet")) "parquet")
  withr::local_envvar(R_LIBS = paste(.libPaths(), collapse = ":"))
  # A file of more than 200 kB is as good as a full disk.
  code <- paste(c("trap '' XFSZ; ulimit -f 200; exec Rscript", script, folder, paste0("x.", formats)), collapse = " ")
  # Having failed to write, HDF5 may crash when the process ends.
  output <- suppressWarnings(system2("bash", c("-c", shQuote(code)), stdout = TRUE, stderr = FALSE))
  expect_identical(as.vector(output), rep("livechain_error_io", length(formats)))
  expect_identical(list.files(folder, all.files = TRUE, no.. = TRUE), "chain.rds")
})

test_that("a run is exported while it is being sampled", {
  file <- temp_chain()
  process <- sample_in_background(file, 5e5)
  wait_for_steps(file, 2000)
  table <- utils::read.csv(exported(file, ".csv", thin = 100))
  expect_true(process$is_alive())
  n <- max(table$step) / 100
  expect_identical(table$step, rep(100L * seq_len(n), each = 20))
  expect_identical(table[["theta.1."]][1:400], as_rows(reference(2000)$draws[100 * (1:20), , 1]))
})

test_that("what cannot be exported is said", {
  chain <- reference(10)
  expect_snapshot(export_chain(chain, "x.txt"), error = TRUE)
  expect_snapshot(export_chain(chain, 1), error = TRUE)
  expect_snapshot(export_chain(chain, "no-folder/x.csv"), error = TRUE, transform = function(x) sub("'.*no-folder", "'no-folder", x))
  expect_snapshot(export_chain(1, "x.csv"), error = TRUE)
  expect_snapshot(export_chain(chain, "x.csv", pars = "a"), error = TRUE)
  expect_snapshot(export_chain(chain, "x.csv", parameters = "a"), error = TRUE)
  expect_snapshot(export_chain(chain, "x.csv", groups = "log_lik"), error = TRUE)
  expect_snapshot(export_chain(chain[0, , ], "x.csv"), error = TRUE)
  expect_snapshot(export_chain(chain, "x.csv", discard = 10), error = TRUE)
})

test_that("a whole chain that is exported for R can be resumed", {
  chain <- reference(20)
  path <- withr::local_tempfile(fileext = ".rds")
  export_chain(chain, path)
  expect_identical(resume_mcmc(readRDS(path), normal, 5)$draws, reference(25)$draws)
  export_chain(chain, path, discard = 5, overwrite = TRUE)
  expect_identical(readRDS(path)$steps, as.double(6:20))
  expect_snapshot(export_chain(chain, path, groups = c(zz = "log_likelihood"), overwrite = TRUE), error = TRUE)
})

test_that("logical quantities stay so when they are chosen by name", {
  log_prob <- function(x) list(normal(x), right = x[1] > 0)
  chain <- run_mcmc(log_prob, start(), 10, seed = 1)
  file <- run_mcmc(log_prob, start(), 10, seed = 1, file = temp_chain())
  for (x in list(chain, file)) {
    to <- withr::local_tempfile(fileext = ".csv")
    export_chain(x, to, parameters = "right")
    expect_type(read.csv(to)$right, "logical")
  }
})
