// SPDX-License-Identifier: Apache-2.0
#include "doctor.hpp"
#include "dpkg.hpp"
#include "program.hpp"

#include <system/file.hpp>
#include <system/stderr_log.hpp>

namespace oakum::agent {
namespace {

using Kind = BackendConfig::Kind;
using Level = Finding::Level;

constexpr std::size_t max_text = 64 << 10;

struct Silent final : base::LogSink {
    void write(base::LogLevel, std::string_view, std::string_view) override {}
};

} // namespace

// Of what changes the one system that there is.
void Examination::one_system() {
    const BackendConfig& backend = config_.backend;
    const auto text = system::read_bounded(config_.folder / "slots/boot.env", max_text);
    const auto env = text.ok() ? parse_boot_env(*text) : base::Result<BootEnv>(text.error());
    if (!env.ok() && env.error().kind != base::ErrorKind::not_found)
        add(Level::warning, "slots", "boot.env: " + env.error().text(),
            "let the agent run: the next update writes it anew");
    else if (!env.ok() || !env->images.contains(env->active))
        add(Level::well, "slots", "no update was installed yet: the system is as it was made");
    else
        add(Level::well, "slots", "update " + env->images.at(env->active).version + " is installed");
    if (env.ok() && env->stage == BootEnv::Stage::reverting)
        add(Level::ill, "slots", "an update is being taken back",
            "let the agent run; when it does not end, its log says what stands in the way");
    if (backend.kind == Kind::program) {
        if (backend.program.empty()) return add(Level::well, "program", "comes in each artifact");
        if (const auto sound = check_program(backend.program); !sound.ok())
            return add(Level::ill, "program", sound.error().text(), "the agent does not run it as it is");
        return add(Level::well, "program", backend.program.string());
    }
    Silent log;
    Dpkg dpkg({backend.root, std::filesystem::absolute(config_.folder / "packages"), backend.cache_bytes,
               backend.archives},
              log);
    const auto broken = dpkg.unsettled();
    if (!broken.ok()) return add(Level::ill, "packages", broken.error().text(), "is dpkg installed?");
    if (!broken->empty())
        return add(Level::ill, "packages", "not whole: " + *broken,
                   "dpkg --configure --pending; the agent does so at its start");
    add(Level::well, "packages", "all that dpkg installed is whole");
}

} // namespace oakum::agent
