# make deps      install what is missing
# make demo      sample a posterior in the background and watch it from here
# make check     R CMD check, then the tests
# make stress    the promises of the package as figures (long)
# make cluster   the engines that evaluate a density elsewhere, each for real (long)
# make bench     side by side with its peers (long)
# make other_hdf5  the tests with another HDF5, that of CRAN's hdf5lib, beside this one (long)
# make clang     the tests with the package built by clang
# make lint      cppcheck and clang-tidy
# make sanitize  the tests with AddressSanitizer and UBSan, and under valgrind (long)
# make threads   the threads of the store under ThreadSanitizer
# make fuzz      damaged files without end, for ten minutes
# make coverage  the lines that the tests run (long)
# make document  NAMESPACE and man/ from the comments in R/

.PHONY: deps install demo check test stress cluster bench other_hdf5 clang lint sanitize threads fuzz coverage document clean

deps:
	@sh tools/deps.sh

install: deps
	@sh tools/quietly.sh install.log R CMD INSTALL --preclean --no-test-load .

demo: install
	@Rscript inst/examples/live-posterior.R

check:
	@sh tools/deps.sh check
	@sh tools/check.sh

test: install
	@Rscript tools/test.R

stress: install
	@sh tools/deps.sh stress
	@Rscript tests/stress/run.R

cluster: install
	@Rscript tests/cluster/run.R

bench: install
	@Rscript bench/moves.R
	@Rscript bench/trust.R
	@Rscript bench/run.R

other_hdf5: install
	@sh tools/other_hdf5.sh

fuzz: install
clang lint sanitize threads fuzz coverage:
	@sh tools/deps.sh tools
	@sh tools/$@.sh

document:
	@Rscript -e 'roxygen2::roxygenise()'

clean:
	@./cleanup
	@rm -rf check
