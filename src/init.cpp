// The functions that R may call.
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>
#include <Rinternals.h>

extern "C" {
SEXP livechain_density(SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_start(SEXP, SEXP);
SEXP livechain_log_prob(SEXP);
SEXP livechain_log_likelihood(SEXP);
SEXP livechain_create_writer(SEXP, SEXP, SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_resume_writer(SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_writer_walkers(SEXP, SEXP);
SEXP livechain_stored_walkers(SEXP, SEXP, SEXP);
SEXP livechain_writer_progress(SEXP);
SEXP livechain_set_target(SEXP, SEXP);
SEXP livechain_close_writer(SEXP);
SEXP livechain_run_to_file(SEXP, SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_current(SEXP);
SEXP livechain_attend(SEXP);
SEXP livechain_name_parameters(SEXP, SEXP);
SEXP livechain_adopt_density(SEXP);
SEXP livechain_is_valid(SEXP);
SEXP livechain_compiled_density(SEXP, SEXP);
SEXP livechain_call_density(SEXP, SEXP);
SEXP livechain_evaluate_rows(SEXP, SEXP);
SEXP livechain_memory_run(SEXP, SEXP, SEXP);
SEXP livechain_run_to_memory(SEXP, SEXP, SEXP, SEXP);
SEXP livechain_memory_so_far(SEXP);
SEXP livechain_walkers(SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_open_reader(SEXP, SEXP, SEXP);
SEXP livechain_close_reader(SEXP);
SEXP livechain_refresh(SEXP);
SEXP livechain_poll(SEXP);
SEXP livechain_open_writer(SEXP, SEXP, SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_append(SEXP, SEXP, SEXP, SEXP);
SEXP livechain_writer_state(SEXP);
SEXP livechain_create_copy(SEXP, SEXP, SEXP, SEXP);
SEXP livechain_update_copy(SEXP, SEXP);
SEXP livechain_end_copy(SEXP, SEXP);
SEXP livechain_describe(SEXP);
SEXP livechain_read(SEXP, SEXP, SEXP, SEXP, SEXP, SEXP, SEXP);
SEXP livechain_positions_after(SEXP, SEXP);
SEXP livechain_list_runs(SEXP);
SEXP livechain_has_writer(SEXP);
SEXP livechain_repair(SEXP);
SEXP livechain_count_right(SEXP, SEXP);
SEXP livechain_walker_positions(SEXP);
SEXP livechain_reevaluate(SEXP, SEXP, SEXP);
SEXP livechain_ask_to_end(SEXP, SEXP);
SEXP livechain_asked_to_end(SEXP);
SEXP livechain_say_why(SEXP, SEXP);
SEXP livechain_set_updated(SEXP);
SEXP livechain_add_lost_workers(SEXP, SEXP);
SEXP livechain_shares_hdf5(SEXP);
SEXP livechain_h5_id(SEXP);
SEXP livechain_autocorr_time(SEXP, SEXP, SEXP, SEXP);
SEXP livechain_rhat(SEXP, SEXP, SEXP);
SEXP livechain_summarise(SEXP, SEXP, SEXP, SEXP);
SEXP livechain_use_instruction_set(SEXP);
SEXP livechain_threefry(SEXP, SEXP);
SEXP livechain_seconds();
SEXP livechain_pause(SEXP);
SEXP livechain_temper(SEXP, SEXP, SEXP);

void livechain_make_density_in_c();  // called as livechain/density.h says
void livechain_make_posterior_in_c();
}

#define ENTRY(name, n_arguments) \
  { #name, reinterpret_cast<DL_FUNC>(&name), n_arguments }

static const R_CallMethodDef entries[] = {ENTRY(livechain_density, 5),
                                          ENTRY(livechain_start, 2),
                                          ENTRY(livechain_log_prob, 1),
                                          ENTRY(livechain_log_likelihood, 1),
                                          ENTRY(livechain_create_writer, 7),
                                          ENTRY(livechain_resume_writer, 5),
                                          ENTRY(livechain_writer_walkers, 2),
                                          ENTRY(livechain_stored_walkers, 3),
                                          ENTRY(livechain_writer_progress, 1),
                                          ENTRY(livechain_set_target, 2),
                                          ENTRY(livechain_close_writer, 1),
                                          ENTRY(livechain_run_to_file, 6),
                                          ENTRY(livechain_memory_run, 3),
                                          ENTRY(livechain_run_to_memory, 4),
                                          ENTRY(livechain_memory_so_far, 1),
                                          ENTRY(livechain_walkers, 5),
                                          ENTRY(livechain_current, 1),
                                          ENTRY(livechain_attend, 1),
                                          ENTRY(livechain_name_parameters, 2),
                                          ENTRY(livechain_adopt_density, 1),
                                          ENTRY(livechain_is_valid, 1),
                                          ENTRY(livechain_compiled_density, 2),
                                          ENTRY(livechain_call_density, 2),
                                          ENTRY(livechain_evaluate_rows, 2),
                                          ENTRY(livechain_open_reader, 3),
                                          ENTRY(livechain_close_reader, 1),
                                          ENTRY(livechain_refresh, 1),
                                          ENTRY(livechain_poll, 1),
                                          ENTRY(livechain_open_writer, 7),
                                          ENTRY(livechain_append, 4),
                                          ENTRY(livechain_writer_state, 1),
                                          ENTRY(livechain_create_copy, 4),
                                          ENTRY(livechain_update_copy, 2),
                                          ENTRY(livechain_end_copy, 2),
                                          ENTRY(livechain_describe, 1),
                                          ENTRY(livechain_read, 7),
                                          ENTRY(livechain_positions_after, 2),
                                          ENTRY(livechain_list_runs, 1),
                                          ENTRY(livechain_has_writer, 1),
                                          ENTRY(livechain_repair, 1),
                                          ENTRY(livechain_count_right, 2),
                                          ENTRY(livechain_walker_positions, 1),
                                          ENTRY(livechain_reevaluate, 3),
                                          ENTRY(livechain_ask_to_end, 2),
                                          ENTRY(livechain_asked_to_end, 1),
                                          ENTRY(livechain_say_why, 2),
                                          ENTRY(livechain_set_updated, 1),
                                          ENTRY(livechain_add_lost_workers, 2),
                                          ENTRY(livechain_shares_hdf5, 1),
                                          ENTRY(livechain_h5_id, 1),
                                          ENTRY(livechain_autocorr_time, 4),
                                          ENTRY(livechain_rhat, 3),
                                          ENTRY(livechain_summarise, 4),
                                          ENTRY(livechain_use_instruction_set, 1),
                                          ENTRY(livechain_threefry, 2),
                                          ENTRY(livechain_seconds, 0),
                                          ENTRY(livechain_pause, 1),
                                          ENTRY(livechain_temper, 3),
                                          {nullptr, nullptr, 0}};

extern "C" attribute_visible void R_init_livechain(DllInfo* dll) {
  R_registerRoutines(dll, nullptr, entries, nullptr, nullptr);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
  R_RegisterCCallable("livechain", "livechain_density_in_c", reinterpret_cast<DL_FUNC>(&livechain_make_density_in_c));
  R_RegisterCCallable("livechain", "livechain_posterior_in_c", reinterpret_cast<DL_FUNC>(&livechain_make_posterior_in_c));
}
