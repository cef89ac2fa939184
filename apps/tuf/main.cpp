// SPDX-License-Identifier: Apache-2.0
// oakum-tuf: the trust library as a command (docs/tuf.md). It ends with 0 or 1.
#include "updater.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <system/clock.hpp>
#include <trust/limits.hpp>

namespace {

using namespace oakum;

struct Words {
    std::string metadata_folder, metadata_url, target_url, target_folder, root;
    std::vector<std::string> targets;
};

base::Status init(const Words& words, base::TimePoint now) {
    TRY_VALUE(const std::string root, oakum::system::read_bounded(words.root, trust::limits::root_bytes));
    TRY_VALUE(const tuf::Folder folder, tuf::Folder::open(words.metadata_folder));
    return tuf::initialise(folder, base::as_bytes(root), now);
}

base::Status refresh(const Words& words, base::TimePoint now) {
    TRY_VALUE(const tuf::Folder folder, tuf::Folder::open(words.metadata_folder));
    tuf::Updater updater(folder, words.metadata_url, now);
    TRY(updater.begin());
    return updater.refresh();
}

base::Status download(const Words& words, base::TimePoint now) {
    TRY_VALUE(const tuf::Folder folder, tuf::Folder::open(words.metadata_folder));
    tuf::Updater updater(folder, words.metadata_url, now);
    TRY(updater.begin());
    for (const std::string& path : words.targets) {
        TRY_VALUE(const bool fetched, updater.download(path, words.target_url, words.target_folder));
        std::printf("%s: %s\n", path.c_str(), fetched ? "downloaded" : "already here");
    }
    return {};
}

} // namespace

int main(int argc, char** argv) {
    Words words;
    CLI::App app("A client of The Update Framework (TUF 1.0): what comes from a repository is what its "
                 "keepers signed.",
                 "oakum-tuf");
    app.set_version_flag("--version", OAKUM_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--metadata-dir", words.metadata_folder, "folder of what this client trusts")->required();
    auto* const metadata_url =
        app.add_option("--metadata-url", words.metadata_url, "where the repository serves its metadata");
    auto* const name = app.add_option("--target-name", words.targets, "path of a target; may be given again")
                           ->take_all()
                           ->expected(1);
    auto* const target_url =
        app.add_option("--target-base-url", words.target_url, "where the repository serves its targets");
    auto* const target_folder =
        app.add_option("--target-dir", words.target_folder, "folder that verified targets are put into");
    auto* const init_verb =
        app.add_subcommand("init", "trust a root that came from a trusted place; asks nobody");
    init_verb->add_option("ROOT", words.root, "file of the root")->required();
    auto* const refresh_verb = app.add_subcommand("refresh", "bring the metadata up to date");
    auto* const download_verb =
        app.add_subcommand("download", "bring the metadata up to date, then fetch targets");
    try {
        app.parse(argc, argv);
        if (!*init_verb && metadata_url->empty()) throw CLI::RequiredError("--metadata-url");
        if (*download_verb)
            for (const auto* option : {name, target_url, target_folder})
                if (option->empty()) throw CLI::RequiredError(option->get_name());
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 1;
    }
    // One time for all that one run decides.
    const base::TimePoint now = oakum::system::SystemClock().now();
    const base::Status done = *init_verb      ? init(words, now)
                              : *refresh_verb ? refresh(words, now)
                                              : download(words, now);
    if (done.ok()) return 0;
    std::fprintf(stderr, "oakum-tuf: %s\n", done.error().text().c_str());
    return 1;
}
