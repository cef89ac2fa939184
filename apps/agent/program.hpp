// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "in_place.hpp"

#include <system/process.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::agent {

// A program that installs, by the contract of docs/agent.md: PROGRAM VERB with `check`, `install`, `commit`,
// `rollback` or `version`, an environment of its own, 0 for done, limits on its time and means. It lies on
// the device, or comes in the artifact: the artifact itself, or bin/update of an archive
// (firmware_image.hpp).
class ProgramApplier final : public Applier {
  public:
    struct Options {
        std::filesystem::path program;                     // on the device; empty: the artifact's own
        std::filesystem::path state;                       // a folder that is the program's own, and stays
        base::Duration timeout = std::chrono::minutes(30); // of install and rollback
        base::Duration short_timeout = std::chrono::seconds(60); // of check and commit
        base::Duration version_timeout = std::chrono::seconds(10);
        system::Limits limits;
    };
    explicit ProgramApplier(Options options) : options_(std::move(options)) {}

    base::Status prepare(const std::filesystem::path& slot) override;
    base::Status read_back(const std::filesystem::path& slot) override;
    base::Status apply(const std::filesystem::path& slot) override;
    base::Status revert(const std::filesystem::path& slot) override;
    base::Status keep(const std::filesystem::path& slot) override;
    bool holds(const std::filesystem::path& slot) override;
    std::optional<std::string> version(const std::filesystem::path& slot) override;
    base::Status repair() override { return {}; }

  private:
    struct Found {
        std::filesystem::path path;
        std::optional<base::Digest256> digest; // of one that came in an artifact
    };
    static base::Status sound(const Found& found);
    base::Result<Found> find(const std::filesystem::path& slot) const;
    base::Result<system::Outcome> call(const std::filesystem::path& slot, std::string_view verb,
                                       base::Duration timeout) const;
    base::Status must(const std::filesystem::path& slot, std::string_view verb, base::Duration timeout) const;

    Options options_;
};

// What may be run with the agent's rights: a plain file that can be executed, owned by root (or whom the
// agent runs as), that nobody else may write to, in folders of which the same is true. Errors: denied, with
// the path and what to do; not_found.
base::Status check_program(const std::filesystem::path& program);

// The first line of what `version` printed. Errors: invalid (empty, too long, more than a line, not
// printable).
base::Result<std::string> read_version(std::string_view printed);

} // namespace oakum::agent
