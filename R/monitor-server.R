# How the page of monitor_chain() follows the run.

monitor_server <- function(path, name, interval) {
  function(input, output, session) {
    session$allowReconnect("force")
    follower <- NULL
    failure <- shiny::reactiveVal()
    looked <- shiny::reactiveVal(0)
    changed <- shiny::reactiveVal(0)
    session$onSessionEnded(function() if (!is.null(follower)) close_follower(follower))

    # Whether `code` did what it should.
    succeeds <- function(code) {
      tryCatch(
        {
          code
          TRUE
        },
        livechain_error = function(condition) {
          failure(condition)
          FALSE
        }
      )
    }

    # Other parameters are other columns of the file: the run is followed anew.
    shiny::observe({
      parameters <- shiny::req(input$parameters)
      if (!is.null(follower)) close_follower(follower)
      if (succeeds(follower <<- follow_chain(path, name, parameters, n_values = 1.5e5))) failure(NULL)
      shiny::isolate(changed(changed() + 1))
    })

    shiny::observe({
      shiny::invalidateLater(1000 * interval)
      shiny::req(follower, is.null(failure()))
      state <- follower$look$state
      new <- FALSE
      shiny::req(succeeds(new <- update_follower(follower)))
      shiny::isolate({
        looked(looked() + 1)
        if (new || follower$look$state != state) changed(changed() + 1)
      })
    })

    status <- shiny::reactive({
      looked()
      changed()
      follower_status(shiny::req(follower))
    })

    discard <- shiny::reactive(chosen_burn_in(input$discard, follower))

    chain <- shiny::reactive({
      changed()
      shiny::validate(shiny::need(shiny::req(follower)$look$n_steps > 0, "No step has been published yet."))
      shiny::validate(shiny::need(!is.na(discard()), "The burn-in must be a number of steps, fewer than there are."))
      follower_chain(follower, discard())
    })

    figures <- shiny::reactive({
      changed()
      if (shiny::req(follower)$look$n_steps > 0) parameter_figures(follower, discard())
    })

    verdict <- shiny::reactive({
      changed()
      if (shiny::req(follower)$look$n_steps > 0) monitor_verdict(diagnose_view(judged_view(follower)))
    })

    output$head <- shiny::renderUI(monitor_head(status(), path))
    output$notice <- shiny::renderUI(if (is.null(failure())) monitor_notice(status()) else monitor_failure(failure()))
    output$figures <- shiny::renderUI(monitor_figures(status(), figures()))
    output$verdict <- shiny::renderUI(verdict())
    output$summary <- shiny::renderTable(monitor_summary(chain(), figures()), align = "lrrrrrrr", spacing = "m")

    plots <- list(
      rows = function(chain) plot(chain),
      pairs = function(chain) plot(chain, type = "pairs"),
      log_prob = function(chain) plot(chain, type = "log_prob"),
      acceptance = function(chain) {
        local_panel()
        panel_acceptance(chain)
      },
      autocorr = function(chain) {
        local_panel()
        panel_autocorr(follower_history(follower), dimnames(chain$draws)[[3]])
      }
    )
    show <- function(plot) {
      force(plot)
      draw <- function() {
        do.call(graphics::par, page_colours(shiny::getCurrentOutputInfo()))
        plots[[plot]](chain())
      }
      height <- function() panel_height(plot, length(input$parameters))
      output[[plot]] <- shiny::renderPlot(draw(), height = height, res = 96)
    }
    for (plot in names(plots)) show(plot)
  }
}

# Those that the browser shows the page in, light or dark.
page_colours <- function(output) {
  shown <- list(bg = output$bg(), fg = output$fg())
  Filter(function(colour) length(colour) == 1 && !is.na(colour), shown)
}

panel_height <- function(plot, n_parameters) {
  switch(plot,
    rows = 200 * max(1, n_parameters),
    pairs = 150 * max(2, n_parameters),
    420
  )
}

# NA when it is none, or leaves nothing.
chosen_burn_in <- function(value, follower) {
  if (is_number(value) && value >= 0 && value < follower$look$n_steps) value else NA
}

monitor_summary <- function(chain, figures) {
  quantiles <- t(apply(chain$draws, 3, stats::quantile, c(0.05, 0.5, 0.95)))
  shown <- lapply(cbind(figures[c("mean", "sd")], quantiles), format_by_sd, figures$sd)
  table <- data.frame(figures["parameter"], shown, format_tau(figures), format_count(figures$ess))
  stats::setNames(table, c("parameter", "mean", "sd", "5%", "50%", "95%", "tau", "ess"))
}
