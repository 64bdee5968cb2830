/* Densities in C, and in languages that can be called as C is: Fortran, Rust. A package has `LinkingTo: livechain` and
   `Imports: livechain`.

     static double normal(const double* x, size_t n_parameters, void* context) { ... }
     SEXP make_normal(void) { return livechain_density_in_c(normal, NULL, NULL); }

   What that returns is given to run_mcmc() as `log_prob`. */
#ifndef LIVECHAIN_DENSITY_H
#define LIVECHAIN_DENSITY_H

#include <stddef.h>

#include <R_ext/Rdynload.h>
#include <Rinternals.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef double (*livechain_log_prob)(const double* position, size_t n_parameters, void* context);

/* The same for `n` positions, row after row. */
typedef void (*livechain_log_probs)(const double* positions, size_t n, size_t n_parameters, double* log_prob, void* context);

typedef SEXP (*livechain_make_density)(livechain_log_prob, livechain_log_probs, void*);
typedef SEXP (*livechain_make_posterior)(livechain_log_prob, livechain_log_probs, livechain_log_prob, void*);

/* `many` may be NULL. Both functions, and what `context` points to, have to be there as long as the density is used; several
   threads call them at once when the user asks for them. */
static inline SEXP livechain_density_in_c(livechain_log_prob one, livechain_log_probs many, void* context) {
  livechain_make_density make = (livechain_make_density)(void (*)(void))R_GetCCallable("livechain", "livechain_density_in_c");
  return make(one, many, context);
}

/* `one` and `many` are the log-likelihood, and `prior` the log-prior: where that is -Inf, they are not called. */
static inline SEXP livechain_posterior_in_c(livechain_log_prob one, livechain_log_probs many, livechain_log_prob prior, void* context) {
  livechain_make_posterior make = (livechain_make_posterior)(void (*)(void))R_GetCCallable("livechain", "livechain_posterior_in_c");
  return make(one, many, prior, context);
}

#ifdef __cplusplus
}
#endif

#endif
