# make deps      install what is missing
# make demo      sample a posterior in the background and watch it from here
# make check     R CMD check, then the tests
# make stress    the promises of the package as figures (long)
# make bench     side by side with its peers (long)
# make document  NAMESPACE and man/ from the comments in R/

.PHONY: deps install demo check test stress bench document clean

deps:
	@sh tools/deps.sh

install: deps
	@R CMD INSTALL --preclean --no-test-load .

demo: install
	@Rscript inst/examples/live-posterior.R

check:
	@sh tools/deps.sh check
	@sh tools/check.sh

test: install
	@Rscript tools/test.R

stress: install
	@Rscript tests/stress/run.R

bench: install
	@Rscript bench/moves.R
	@Rscript bench/run.R

document:
	@Rscript -e 'roxygen2::roxygenise()'

clean:
	@./cleanup
	@rm -rf check
