#' Densities in C++
#'
#' A log-probability that is written in C++ spares the call of an R function, which is what most of a run's
#' time goes into when the density is cheap, and can be evaluated by several threads. It is given to
#' [run_mcmc()] and [resume_mcmc()] as `log_prob`, and makes the same chain as an R function that returns the
#' same numbers.
#'
#' @section In C++:
#' The header `livechain.h` comes with the package. With [Rcpp::sourceCpp()], a file begins with
#'
#' ```cpp
#' // [[Rcpp::depends(livechain, RcppEigen)]]
#' #include <livechain.h>
#' ```
#'
#' and a package has `LinkingTo: livechain, Rcpp, RcppEigen`. C++14 is enough. A density is
#'
#' * a function `double f(const livechain::Position& x)`, or
#' * an object that holds the data, with `double operator()(const livechain::Position& x) const`, or
#' * a function or an object of many positions, `void f(const livechain::Positions& x, livechain::LogProbs& log_prob)`, where
#'   `x` is a matrix \[walker, parameter\]: the compiler makes vector instructions of it. It has no blobs.
#'
#' `livechain::Position` is an `Eigen::Map<const Eigen::VectorXd>`; `const Eigen::Ref<const Eigen::VectorXd>&`
#' will do as well. An exported function of type `SEXP` hands a copy of it over to R:
#'
#' ```cpp
#' // [[Rcpp::export]]
#' SEXP make_model(Eigen::VectorXd y) { return livechain::density(Model(y)); }
#' ```
#'
#' Two things can be added: `livechain::density(f).parameters({"mean", "sd"})` says in which order the
#' parameters stand in a position, which is then checked, and names them where `init` does not.
#' `livechain::density(f).blobs({"residual", "n_far"})` names *blobs*: the density is then called with a second
#' argument, `livechain::Blobs& blobs`, and writes their values (`double`) to `blobs[0]`, `blobs[1]`.
#'
#' With a prior, `livechain::density(f).prior(g)`, `f` is the log-likelihood and `g`, a function of a position or of many, the
#' log-prior. Where that is `-Inf`, `f` is not called. Both become blobs, `log_likelihood` and `log_prior`, and the density can be
#' sampled at several temperatures.
#'
#' @section In C, Fortran or Rust:
#' `livechain/density.h` is a header of C. A package with `Imports: livechain` and `LinkingTo: livechain` returns
#' `livechain_density_in_c(f, NULL, context)` to R, where `f` is a
#' `double f(const double* position, size_t n_parameters, void* context)`. In place of `NULL`, there may be a function of
#' many positions beside it. `livechain_posterior_in_c(f, NULL, g, context)` takes a log-likelihood and, of the same form, a
#' log-prior.
#'
#' @section Errors:
#' An exception that the density throws, such as `std::domain_error("...")` or `Rcpp::stop("...")`, ends the run
#' with an error of class `livechain_error_log_prob` that carries its message, the walker and the position, as
#' an error in an R function does; `-Inf`, `NaN` and `on_nan` work as they do there.
#'
#' A compiled density belongs to the R process in which it was made. One that was saved and loaded, or sent to
#' another process, is an error of class `livechain_error_compiled`: make it again. So is one that was compiled
#' with a version of `livechain.h` that this version of the package does not know: compile it again.
#'
#' @section Threads:
#' With `n_threads`, several threads call the density at the same time. It must not change data that it shares
#' between calls, and must not call R, which only one thread can do; copying or creating an `Rcpp::NumericVector` is
#' such a call, too, so keep data in Eigen's or C++'s own types. The chain is the same for any number of threads.
#' Threads pay off where the evaluations of a part of the ensemble take some 40 microseconds together and the cores are free;
#' for less, one thread evaluates them. They wait for one another twice a step, so that where other programs want the cores,
#' too, several can be slower than one.
#'
#' @section On a cluster:
#' The workers of `map` cannot have the density itself, but can make it, too, when it was made by `compiled_density()`:
#'
#' ```r
#' compiled_density("make_model", list(y), source = "model.cpp") # compiled by Rcpp::sourceCpp()
#' compiled_density(mypackage::make_model, list(y)) # of a package that the workers have, too
#' ```
#'
#' A worker loads what was compiled here where it finds it, on the same machine or a shared file system; elsewhere it
#' compiles the source, once in its session, which takes Rcpp, RcppEigen and a compiler. A worker that cannot ends the run with an error of
#' class `livechain_error_worker`, with what the compiler said. Walkers go out in blocks, and the chain is the same as without `map`. With
#' `n_threads`, each worker has so many threads, if it has the cores; forked processes have one.
#'
#' @name compiled_density
#' @param make The function that makes the density: one of a package, one that workers can call with what it finds here as
#'   any density does (see [run_mcmc()]), or, with `source`, the name of one that is exported there.
#' @param args A list of its arguments, such as the data.
#' @param source The path of a C++ file for [Rcpp::sourceCpp()], or its text; `NULL` when `make` is a function.
#' @returns What `livechain::density()` and `compiled_density()` give to R is a function of class `livechain_density`, for trying the density
#'   out: like an R function for [run_mcmc()], `log_prob(position)` takes a
#'   numeric vector and returns a number, and with blobs
#'   `c(log_prob, name = value, ...)`. A source that cannot be compiled is an error of class `livechain_error_compiled`.
#' @seealso `vignette("compiled")`, which takes a model from R to C++, and `vignette("cluster")`.
#' @examplesIf requireNamespace("RcppEigen", quietly = TRUE)
#' \donttest{
#' Rcpp::sourceCpp(code = '
#'   // [[Rcpp::depends(livechain, RcppEigen)]]
#'   #include <livechain.h>
#'
#'   struct Normal {
#'     Eigen::VectorXd mean;
#'     double operator()(const livechain::Position& x) const { return -0.5 * (x - mean).squaredNorm(); }
#'   };
#'
#'   // [[Rcpp::export]]
#'   SEXP make_normal(Eigen::VectorXd mean) { return livechain::density(Normal{mean}); }
#' ')
#' log_prob <- make_normal(c(1, 2))
#' log_prob
#' log_prob(c(0, 0))
#'
#' init <- matrix(rnorm(40), 20, 2, dimnames = list(NULL, c("x", "y")))
#' run_mcmc(log_prob, init, 1000, seed = 1, n_threads = 2)
#'
#' # The same for workers of a cluster:
#' \dontrun{
#' log_prob <- compiled_density("make_normal", list(c(1, 2)), source = "normal.cpp")
#' run_mcmc(log_prob, init, 1000, seed = 1, map = parallel::makePSOCKcluster(2))
#' }
#' }
NULL

# Called by livechain.h. Users see a function; what it needs is in its environment.
adopt_density <- function(model) {
  density <- native(livechain_adopt_density, model)
  evaluate <- function(position) {
    check_position(position, length(density$parameters))
    values <- native(livechain_call_density, density$pointer, as.double(position))
    if (length(density$blobs) > 0) stats::setNames(values, c("", density$blobs)) else values
  }
  structure(evaluate, class = c("livechain_density", "function"))
}

#' @rdname compiled_density
#' @export
compiled_density <- function(make, args = list(), source = NULL) {
  log_prob <- follow_recipe(new_recipe(make, args, source, rlang::current_env()))
  if (!is_compiled(log_prob)) {
    abort("argument", c(
      "{.arg make} must return what {.code livechain::density()} gives to R.",
      "x" = "It returned {describe_value(log_prob)}."
    ), call = rlang::current_env(), argument = "make")
  }
  log_prob
}

is_compiled <- function(log_prob) inherits(log_prob, "livechain_density")

about_compiled <- function(log_prob) environment(log_prob)$density

# NULL where it is not known how to make it again.
recipe_of <- function(log_prob) if (is_compiled(log_prob)) environment(log_prob)$recipe

#' @rdname compiled_density
#' @param x What `livechain::density()` gave to R.
#' @param ... Not used.
#' @export
print.livechain_density <- function(x, ...) {
  about <- about_compiled(x)
  cat("<livechain_density> compiled log-probability\n")
  if (!is.null(about$parameters)) cat("parameters: ", toString(about$parameters), "\n", sep = "")
  if (!is.null(about$blobs)) cat("blobs: ", toString(about$blobs), "\n", sep = "")
  if (.Call(livechain_is_valid, about$pointer)) {
    cat("for run_mcmc(log_prob = ), or to be called with a position\n")
  } else {
    cat("of another R session: make it again\n")
  }
  invisible(x)
}

check_position <- function(position, n_parameters, call = quote(log_prob())) {
  ok <- is.numeric(position) && length(position) > 0 && n_parameters %in% c(0, length(position))
  if (!ok) {
    expected <- if (n_parameters > 0) paste("a numeric vector of length", n_parameters) else "a numeric vector"
    abort_argument("position", expected, position, call)
  }
}

# How the density is to be evaluated: by threads, by other processes, or neither.
check_evaluation <- function(log_prob, n_threads, map, vectorized = FALSE, n_dots = 0, call = rlang::caller_env()) {
  n_threads <- check_whole(n_threads, 1, 1024, "n_threads", call)
  if (!is_compiled(log_prob)) {
    if (n_threads > 1) abort_threads(call)
    return(n_threads)
  }
  if (!is.null(map) && is.null(recipe_of(log_prob))) {
    hint <- "Make it by {.fn compiled_density}, so that others can make it, too; or use {.arg n_threads}."
    abort_compiled("map", "must be NULL", "other processes cannot have the density itself", hint, call)
  }
  if (vectorized) {
    abort_compiled("vectorized", "must be FALSE", "it takes one position at a time", NULL, call)
  }
  if (n_dots > 0) {
    abort_compiled(
      "...", "must be empty", "nothing can be passed on to it",
      "Give it its data when it is made; see {.code ?compiled_density}.", call
    )
  }
  if (is.null(map)) min(n_threads, defaultNumThreads()) else n_threads
}

abort_threads <- function(call) {
  abort("argument", c(
    "{.arg n_threads} must be 1 when {.arg log_prob} is an R function, which only one thread can call.",
    "i" = "To use several processes, give {.arg map} a cluster, {.code map = parallel::makeCluster(2)}.",
    "i" = "To use threads, write the density in C++: {.code vignette(\"compiled\", \"livechain\")}."
  ), call = call, argument = "n_threads")
}

abort_compiled <- function(arg, must, reason, hint, call) {
  abort("argument", c(
    paste0("{.arg {arg}} ", must, " when {.arg log_prob} is compiled: ", reason, "."),
    "i" = hint
  ), call = call, argument = arg)
}

# A compiled density knows its parameters by their places alone. The names that the run gets.
match_parameters <- function(log_prob, parameters, n, arg, call = rlang::caller_env()) {
  expected <- if (is_compiled(log_prob)) about_compiled(log_prob)$parameters
  if (is.null(expected) || identical(parameters, expected)) {
    return(parameters)
  }
  if (is.null(parameters) && n == length(expected)) {
    return(expected)
  }
  abort("argument", c(
    "{.arg {arg}} must have the parameters of the compiled density, in its order: {.val {expected}}.",
    "x" = if (is.null(parameters)) "It has {n} column{?s} without names." else "It has {.val {parameters}}."
  ), call = call, argument = arg)
}
