// Handing an open file to package hdf5r.
#include "glue/entry.h"

#include "store/reader.h"

#include <dlfcn.h>

#include <cstdint>
#include <cstring>

namespace livechain::glue {

// Whether the library at `path` calls the same HDF5 as we do: an identifier means nothing to another one.
extern "C" SEXP livechain_shares_hdf5(SEXP path) {
  return entry([&]() -> SEXP {
    void* const library = dlopen(Rcpp::as<std::string>(path).c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr) return Rcpp::wrap(false);
    const void* const theirs = dlsym(library, "H5get_libversion");
    dlclose(library);
    const auto ours = &H5get_libversion;
    return Rcpp::wrap(theirs != nullptr && theirs == reinterpret_cast<const void*>(ours));
  });
}

// An identifier of the file as package bit64 has integers of 64 bits. Whoever gets it must close it.
extern "C" SEXP livechain_h5_id(SEXP path) {
  return entry([&]() -> SEXP {
    hdf5::File file = store::open_to_share(Rcpp::as<std::string>(path));
    Rcpp::NumericVector id(1);
    id.attr("class") = "integer64";
    const std::int64_t number = file.release();
    std::memcpy(id.begin(), &number, sizeof number);
    return id;
  });
}

}  // namespace livechain::glue
