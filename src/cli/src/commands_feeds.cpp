// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

#include "feeds.hpp"

namespace oakum::cli {

namespace {

void add_sources(Builder& builder) {
    SourceSettings& source = builder.given.source;
    CLI::App* set = builder.noun("source")->add_subcommand(
        "set", "change one, or make one; it is not asked before it is switched on");
    set->add_option("name", source.name, "its name")->required();
    set->add_option(
        "--kind", source.kind,
        "of its records: nvd, cve5, osv, kev, epss, apple, debian, alpine, csaf, openvex, cyclonedx");
    set->add_option("--url", source.url, "its address; {} in it stands for each of the parts");
    set->add_option("--parts", source.parts, "A,B,...")->delimiter(',');
    set->add_option("--walk", source.walk,
                    "how its address is read: files, nvd_api (pages), cve_releases (GitHub) or csaf_provider"
                    " (what a provider-metadata.json leads to)")
        ->check(CLI::IsMember({"files", "nvd_api", "cve_releases", "csaf_provider"}));
    set->add_option("--every-minutes", source.every_minutes, "between two syncs")
        ->check(CLI::Range(1, 44'640));
    set->add_option("--pause-ms", source.pause_ms, "between two requests of one sync")
        ->check(CLI::Range(0, 300'000));
    set->add_flag("--key-stdin", source.key_stdin,
                  "read the publisher's key from standard input; it is sealed");
    set->add_flag("--without-key", source.without_key, "send none from now on");
    builder.does(set, [&source](const Flow& flow) { return set_source(flow, source); });
    for (const bool on : {true, false}) {
        CLI::App* change = builder.noun("source")->add_subcommand(
            on ? "enable" : "disable",
            on ? "fetch it from now on, each time that it is due" : "ask it no more; what is held stays");
        change->add_option("name", source.name, "its name")->required();
        builder.does(change,
                     [&source, on](const Flow& flow) { return switch_source(flow, source.name, on); });
    }
    CLI::App* test = builder.noun("source")->add_subcommand("test", "ask it now, without taking anything");
    test->add_option("name", source.name, "its name")->required();
    builder.does(test, [&source](const Flow& flow) { return test_source(flow, source.name); });
}

void add_bundle(Builder& builder) {
    NewBundle& bundle = builder.given.bundle;
    CLI::App* make = builder.noun("feed")->add_subcommand(
        "bundle", "feeds in one file, for servers that reach no publisher; needs no server itself");
    make->add_option("file", bundle.file, "the new file")->required();
    make->add_option("--source", bundle.sources,
                     "what is fetched of that which is offered, A,B,...; at first kev, epss, cve, osv, apple")
        ->delimiter(',');
    make->add_option("--url", bundle.urls,
                     "NAME=URL: another address of a source, a mirror; may be given again");
    make->add_option("--file", bundle.files,
                     "a file of advisories that is packed as it is; may be given again")
        ->check(CLI::ExistingFile);
    make->add_option("--ca", bundle.authorities,
                     "certificates of authorities that are trusted beside the machine's")
        ->check(CLI::ExistingFile);
    make->add_flag("--allow-private", bundle.own_addresses,
                   "sources may be on this machine and in private networks, also without TLS");
    builder.on(make, [&session = builder.session, &bundle] {
        bundle.dry_run = session.line.dry_run;
        return make_bundle(session.console, bundle);
    });
}

} // namespace

void add_feeds(Builder& builder) {
    Given& given = builder.given;
    CLI::App* import = builder.noun("feed")->add_subcommand(
        "import", "advisories from files or folders (.json, .jsonl, .csv, .zip, also .gz and .zst)");
    import->add_option("path", given.paths, "files or folders")->required()->check(CLI::ExistingPath);
    import->add_flag("--force", given.force,
                     "also what is older than what is held, or has lost many of its records");
    builder.does(import, [&](const Flow& flow) { return import_feeds(flow, given.paths, given.force); });

    CLI::App* status = builder.noun("feed")->add_subcommand(
        "status", "what is held and of when, what was rejected and why, which sources fail");
    builder.does(status, [](const Flow& flow) { return show_feeds(flow); });

    CLI::App* sync = builder.noun("feed")->add_subcommand(
        "sync", "fetch what is new now: of one source, or of each that is switched on");
    sync->add_option("source", given.text, "its name");
    sync->add_flag("--force", given.force,
                   "also what is older than what is held, or has lost many of its records");
    builder.does(sync, [&](const Flow& flow) { return sync_feeds(flow, given.text, given.force); });
    add_bundle(builder);
    add_sources(builder);
}

} // namespace oakum::cli
