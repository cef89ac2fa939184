// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"

#include "checks.hpp"
#include "dpkg.hpp"
#include "folder_slots.hpp"
#include "host_system.hpp"
#include "loader_slots.hpp"
#include "program.hpp"
#include "rauc.hpp"
#include "tools.hpp"

#include <algorithm>
#include <optional>

namespace oakum::agent {
namespace {

using Kind = BackendConfig::Kind;

// A restart that was ordered has to come within that time.
constexpr base::Duration restarting = std::chrono::minutes(5);

class Folders final : public Backend {
  public:
    Folders(const Config& config, const World& world)
        : process_(config.folder / "firmware.log"),
          slots_(slot_options(config), process_, world.clock, world.random, world.log),
          checks_(config, slots_, process_) {}
    base::Status start() { return slots_.boot(); }
    updates::SlotWriter& writer() override { return slots_; }
    updates::BootControl& boot() override { return slots_; }
    updates::Health& health() override { return checks_; }
    std::filesystem::path root() override { return slots_.root(); }
    std::vector<std::string> formats() const override { return {"raw", "tar"}; }

  private:
    FirmwareProcess process_;
    FolderSlots slots_;
    Checks checks_;
};

class Host final : public Backend {
  public:
    explicit Host(const Config& config) : checks_(config) {}
    updates::SlotWriter& writer() override { return host_; }
    updates::BootControl& boot() override { return host_; }
    updates::Health& health() override { return checks_; }
    std::filesystem::path root() override { return "/"; }
    std::vector<std::string> formats() const override { return {}; }

  private:
    HostSystem host_;
    HostChecks checks_;
};

base::Status restart_device(const BackendConfig& config, const Backend::World& world) {
    TRY(run_tool({config.restart}));
    // The system ends the agent now. What it does meanwhile is wait.
    if (world.told_to_end(restarting)) return {};
    return base::unavailable(config.restart.front() + " did not restart this device");
}

std::vector<Component> components(const BackendConfig& config) {
    std::vector<Component> all;
    for (const auto& [name, partitions] : config.partitions)
        all.push_back({name, partitions});
    return all;
}

class Slots final : public Backend {
  public:
    Slots(const Config& config, World world)
        : config_(config.backend), world_(std::move(world)), checks_(config) {
        const auto download = download_of(config);
        if (config_.kind == Kind::rauc) {
            rauc_ = std::make_unique<Rauc>(Rauc::Options{download, config_.bus, config.slot_bytes});
        } else if (config_.kind == Kind::swupdate) {
            medium_ = std::make_unique<SwupdateMedium>(SwupdateMedium::Options{
                download, config_.selections, components(config_), config_.sockets, config.slot_bytes});
        } else {
            medium_ = std::make_unique<PartitionMedium>(components(config_));
        }
        if (!rauc_) loader_ = make_loader(config);
        LoaderSlots::Options options{std::filesystem::absolute(config.folder / "slots"), config_.root,
                                     config.boot_attempts,
                                     [this] { return restart_device(config_, world_); }};
        BootLoader& loader = rauc_ ? static_cast<BootLoader&>(*rauc_) : *loader_;
        Medium& medium = rauc_ ? static_cast<Medium&>(*rauc_) : *medium_;
        slots_.emplace(std::move(options), loader, medium, world_.log);
    }
    base::Status start() { return slots_->load(); }
    updates::SlotWriter& writer() override { return *slots_; }
    updates::BootControl& boot() override { return *slots_; }
    updates::Health& health() override { return checks_; }
    std::filesystem::path root() override { return config_.root; }
    std::vector<std::string> formats() const override {
        if (config_.kind == Kind::rauc) return {"raucb"};
        if (config_.kind == Kind::swupdate) return {"swu"};
        return {config_.partitions.size() > 1 ? "tar" : "raw"};
    }

  private:
    const BackendConfig& config_;
    World world_;
    HostChecks checks_;
    std::unique_ptr<Rauc> rauc_;
    std::unique_ptr<Medium> medium_;
    std::unique_ptr<BootLoader> loader_;
    std::optional<LoaderSlots> slots_;
};

// What is wrong with the system itself comes first.
class InPlaceChecks final : public updates::Health {
  public:
    InPlaceChecks(const Config& config, const InPlace& system) : checks_(config), system_(system) {}
    updates::HealthState check() override {
        if (!system_.broken().empty()) return {false, system_.broken()};
        return checks_.check();
    }

  private:
    HostChecks checks_;
    const InPlace& system_;
};

class OneSystem final : public Backend {
  public:
    OneSystem(const Config& config, World world)
        : config_(config.backend), world_(std::move(world)), applier_(make_applier(config)),
          slots_(options_of(config), *applier_, world_.log), checks_(config, slots_) {}
    base::Status start() { return slots_.load(); }
    updates::SlotWriter& writer() override { return slots_; }
    updates::BootControl& boot() override { return slots_; }
    updates::Health& health() override { return checks_; }
    std::filesystem::path root() override { return config_.root; }
    std::vector<std::string> formats() const override {
        if (config_.kind == Kind::dpkg) return {"deb"};
        return config_.program.empty() ? std::vector<std::string>{"program"}
                                       : std::vector<std::string>{"raw", "tar"};
    }

  private:
    std::unique_ptr<Applier> make_applier(const Config& config) {
        const auto folder = std::filesystem::absolute(config.folder);
        if (config_.kind == Kind::dpkg)
            return std::make_unique<Dpkg>(
                Dpkg::Options{config_.root, folder / "packages", config_.cache_bytes, config_.archives},
                world_.log);
        ProgramApplier::Options options;
        options.program = config_.program;
        options.state = folder / "program-state";
        options.timeout = config_.program_timeout;
        options.short_timeout = std::min(options.short_timeout, options.timeout);
        options.version_timeout = std::min(options.version_timeout, options.timeout);
        options.limits = config_.program_limits;
        return std::make_unique<ProgramApplier>(std::move(options));
    }
    InPlace::Options options_of(const Config& config) {
        InPlace::Options options{std::filesystem::absolute(config.folder / "slots"),
                                 config_.root,
                                 config.slot_bytes,
                                 config.boot_attempts,
                                 {}};
        if (config_.restart_needed) options.restart = [this] { return restart_device(config_, world_); };
        return options;
    }

    const BackendConfig& config_;
    World world_;
    std::unique_ptr<Applier> applier_;
    InPlace slots_;
    InPlaceChecks checks_;
};

} // namespace

std::unique_ptr<BootLoader> make_loader(const Config& config) {
    const BackendConfig& backend = config.backend;
    if (backend.kind == Kind::folders || backend.kind == Kind::dpkg || backend.kind == Kind::program)
        return nullptr;
    if (backend.kind == Kind::rauc)
        return std::make_unique<Rauc>(Rauc::Options{download_of(config), backend.bus, config.slot_bytes});
    std::unique_ptr<BootEnvironment> environment;
    if (backend.loader == BackendConfig::Loader::grub)
        environment = std::make_unique<GrubEnvironment>(backend.environment);
    else
        environment = std::make_unique<UBootEnvironment>(backend.environment);
    return std::make_unique<VariableLoader>(std::move(environment), backend.command_line);
}

std::filesystem::path download_of(const Config& config) {
    return std::filesystem::absolute(config.folder / "staging" / "artifact");
}

FolderSlots::Options slot_options(const Config& config) {
    const auto state = std::filesystem::absolute(config.folder / "firmware-state");
    return {std::filesystem::absolute(config.folder / "slots"),
            config.slot_bytes,
            config.boot_attempts,
            {{"PATH", "/usr/bin:/bin"},
             {"FIRMWARE_SERIAL", config.serial},
             {"FIRMWARE_MODEL", config.model},
             {"FIRMWARE_STATE", state.string()}}};
}

base::Result<std::unique_ptr<Backend>> Backend::make(Config& config, World world) {
    if (config.backend.kind == Kind::dpkg || config.backend.kind == Kind::program) {
        auto system = std::make_unique<OneSystem>(config, std::move(world));
        TRY(system->start());
        if (config.backend.kind == Kind::dpkg && !config.packages_stated) config.packages_of_dpkg = true;
        return std::unique_ptr<Backend>(std::move(system));
    }
    if (config.backend.kind != Kind::folders) {
        auto slots = std::make_unique<Slots>(config, std::move(world));
        TRY(slots->start());
        return std::unique_ptr<Backend>(std::move(slots));
    }
    if (was_provisioned(config.folder / "slots")) {
        auto folders = std::make_unique<Folders>(config, world);
        TRY(folders->start());
        return std::unique_ptr<Backend>(std::move(folders));
    }
    if (!config.packages_stated) config.packages_of_dpkg = true;
    world.log.write(base::LogLevel::warning, "slots",
                    "no firmware was provisioned: this device is watched, not updated");
    return std::unique_ptr<Backend>(std::make_unique<Host>(config));
}

} // namespace oakum::agent
