// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace oakum::agent {

// A boot loader of two slots, "a" and "b", as an agent needs it. Each change is durable when it returns, and
// whole or not made.
class BootLoader {
  public:
    virtual ~BootLoader() = default;
    struct View {
        std::string running; // the slot that was started
        std::string next;    // the one that a restart takes
    };
    // Errors: unavailable, corrupt (it does not say which slot runs).
    virtual base::Result<View> look() = 0;
    // The next start takes this slot, at most `attempts` times; then the other again, until `keep`.
    virtual base::Status try_next(const std::string& slot, std::uint32_t attempts) = 0;
    // The running slot is the one that stays.
    virtual base::Status keep(const std::string& slot) = 0;
    // Never this slot, until try_next names it: the other one stays.
    virtual base::Status refuse(const std::string& slot) = 0;
};

using BootVariables = std::map<std::string, std::string>;

// Where a boot loader keeps its variables.
class BootEnvironment {
  public:
    virtual ~BootEnvironment() = default;
    virtual base::Result<BootVariables> read() = 0;
    // Sets these in one write and leaves all others; an empty value removes.
    virtual base::Status write(const BootVariables& changes) = 0;
};

// Of U-Boot, by fw_printenv and fw_setenv (libubootenv-tool) and their configuration. With a redundant
// environment, which it should be, a cut leaves the old one or the new one.
class UBootEnvironment final : public BootEnvironment {
  public:
    explicit UBootEnvironment(std::filesystem::path configuration) : config_(std::move(configuration)) {}
    base::Result<BootVariables> read() override;
    base::Status write(const BootVariables& changes) override;

  private:
    std::filesystem::path config_;
};

// Of GRUB: the file of grub-editenv, replaced as a whole, which grub-editenv does not do.
class GrubEnvironment final : public BootEnvironment {
  public:
    explicit GrubEnvironment(std::filesystem::path file) : file_(std::move(file)) {}
    base::Result<BootVariables> read() override;
    base::Status write(const BootVariables& changes) override;

  private:
    std::filesystem::path file_;
};

// The 1,024 bytes of a GRUB environment block. Errors: corrupt; too_large.
base::Result<BootVariables> parse_grub_block(std::string_view block);
base::Result<std::string> make_grub_block(const BootVariables& variables);

// A boot loader whose script keeps to three variables (docs/agent.md): oakum_active, oakum_trying,
// oakum_tries. It says which slot it started on the kernel's command line: oakum.slot=a.
class VariableLoader final : public BootLoader {
  public:
    VariableLoader(std::unique_ptr<BootEnvironment> environment, std::filesystem::path command_line)
        : environment_(std::move(environment)), command_line_(std::move(command_line)) {}
    base::Result<View> look() override;
    base::Status try_next(const std::string& slot, std::uint32_t attempts) override;
    base::Status keep(const std::string& slot) override;
    base::Status refuse(const std::string& slot) override;

  private:
    // Writes only what is not so already: flash wears.
    base::Status set(const BootVariables& wanted);

    std::unique_ptr<BootEnvironment> environment_;
    std::filesystem::path command_line_;
};

} // namespace oakum::agent
