// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/key_tools.hpp>
#include <system/clock.hpp>

namespace oakum::ctl {

// Key files and the files that are signed, of this machine.
class FileKeyTools final : public cli::KeyTools {
  public:
    base::Result<Made> make_sealed(std::string_view holder, std::string_view passphrase) override;
    base::Result<Made> make_plain() override;
    base::Result<Made> in_token(std::string_view holder, const InToken& wish) override;
    base::Result<About> about(std::string_view text) override;
    base::Result<Signing> open(std::string_view text, std::string_view secret,
                               const std::string& module) override;
    base::Status write(const std::string& path, std::string_view text, bool secret, bool fresh) override;
    base::Result<std::string> read(const std::string& path, std::size_t limit) override;

  private:
    system::SystemRandom random_;
};

} // namespace oakum::ctl
