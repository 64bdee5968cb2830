test_that("a reader that stays open gets every step once, in order, while the run goes on", {
  n_steps <- 200000
  full <- reference(n_steps)
  file <- temp_chain()
  process <- sample_in_background(file, n_steps, flush_interval = 0)
  reader <- open_chain(file, wait = 30)
  seen <- 0
  n_reads <- 0
  repeat {
    chain <- read_new(reader, wait = 1)
    expect_identical(chain$steps, seen + seq_len(dim(chain)[1]))
    expect_identical(unname(chain$draws), unname(full$draws[chain$steps, , , drop = FALSE]))
    seen <- seen + dim(chain)[1]
    n_reads <- n_reads + 1
    if (chain$state != "running" && dim(chain)[1] == 0) break
  }
  expect_identical(chain$state, "finished")
  expect_identical(seen, n_steps)
  expect_gt(n_reads, 3)
  close(reader)
  expect_snapshot(read_new(reader), error = TRUE)
})

test_that("several readers of one file do not meet", {
  file <- temp_chain()
  run_mcmc(normal, start(), 50, file = file, seed = 7)
  first <- open_chain(file)
  late <- open_chain(file, from = Inf)
  second <- open_chain(file, from = 20)
  resume_in_background <- in_background(function(file) resume_mcmc(file, function(x) -sum(x^2) / 2, n_steps = 10), file)
  wait_for_end(resume_in_background)
  expect_identical(dim(read_new(first))[1], 60L)
  expect_identical(read_new(second)$steps, 20 + seq_len(40))
  expect_identical(read_new(late)$steps, 50 + seq_len(10))
  expect_same_chain(read_chain(file), reference(60))
  lapply(list(first, late, second), close)
})

test_that("a killed and resumed run is followed on", {
  file <- temp_chain()
  process <- sample_in_background(file, 1e6, flush_interval = 0)
  reader <- open_chain(file, wait = 30)
  wait_for_steps(file, 100)
  process$kill()
  before <- read_new(reader)
  expect_identical(before$state, "interrupted")
  wait_for_end(in_background(function(file) resume_mcmc(file, function(x) -sum(x^2) / 2, n_steps = 100), file))
  after <- read_new(reader)
  expect_identical(after$state, "interrupted")
  expect_identical(after$steps, before$n_total + seq_len(100))
  expect_identical(unname(after$draws), unname(reference(after$n_total)$draws[after$steps, , ]))
  close(reader)
})

test_that("steps of different runs are never mixed", {
  file <- temp_chain()
  run_mcmc(normal, start(), 50, file = file, seed = 7)
  reader <- open_chain(file)
  read_new(reader)
  run_mcmc(normal, start(), 20, file = file, seed = 7, name = "second")
  expect_identical(dim(read_new(reader))[1], 0L)
  run_mcmc(normal, start(), 80, file = file, seed = 8, overwrite = TRUE)
  expect_snapshot(read_new(reader), error = TRUE, transform = scrub)
  reader <- open_chain(file)
  unlink(file)
  expect_error(read_new(reader), class = "livechain_error_replaced")
})

test_that("wrong arguments are named", {
  expect_snapshot(open_chain(temp_chain()), error = TRUE, transform = scrub)
  expect_snapshot(read_new(3), error = TRUE)
  file <- temp_chain()
  run_mcmc(normal, start(), 5, file = file)
  expect_snapshot(open_chain(file, from = -1), error = TRUE)
  expect_snapshot(open_chain(file, wait = "long"), error = TRUE)
  stored <- unserialize(serialize(open_chain(file), NULL))
  expect_output(print(stored), "of another R session")
  expect_snapshot(read_new(stored), error = TRUE)
  expect_no_error(close(stored))
})

test_that("a reader goes on when its file comes back", {
  file <- temp_chain()
  aside <- temp_chain()
  run_mcmc(normal, start(), 50, file = file, seed = 7)
  reader <- open_chain(file, from = 20)
  file.rename(file, aside)
  expect_error(read_new(reader), class = "livechain_error_replaced")
  writeLines("something else", file)
  expect_error(read_new(reader), class = "livechain_error_replaced")
  unlink(file)
  run_mcmc(normal, start(), 30, file = file, seed = 8)
  expect_error(read_new(reader), class = "livechain_error_replaced")
  file.rename(aside, file)
  expect_equal(read_new(reader)$steps, 21:50)
  close(reader)
})

test_that("another run that is copied over the file is not taken for damage", {
  file <- temp_chain()
  other <- temp_chain()
  run_mcmc(normal, start(), 50, file = file, seed = 7)
  run_mcmc(normal, start(), 500, file = other, seed = 8)
  reader <- open_chain(file)
  expect_identical(system2("sh", c("-c", shQuote(sprintf("cat '%s' > '%s'", other, file)))), 0L)
  expect_error(read_new(reader), class = "livechain_error_replaced")
  close(reader)
})
