// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace oakum::agent::test {

// Builds firmware images, good and bad ones.
class Tar {
  public:
    struct Header {
        std::string name;
        std::string mode = "0000644";
        std::string size; // octal; empty: of the content
        char type = '0';
        std::string link;
        std::string prefix;
        std::string owner;
        std::string uid = "0000000";
        std::string magic = std::string("ustar\0", 6) + "00";
        bool good_checksum = true;
    };
    Tar& file(const std::string& name, const std::string& content, bool executable = false) {
        Header header;
        header.name = name;
        if (executable) header.mode = "0000755";
        return add(header, content);
    }
    Tar& add(const Header& header, const std::string& content) {
        std::string block(512, '\0');
        const auto put = [&](std::size_t at, const std::string& text) {
            block.replace(at, text.size(), text);
        };
        char size[16];
        std::snprintf(size, sizeof size, "%011llo", static_cast<unsigned long long>(content.size()));
        put(0, header.name);
        put(100, header.mode);
        put(108, header.uid);
        put(116, "0000000");
        put(124, header.size.empty() ? size : header.size);
        put(136, "00000000000");
        put(148, "        ");
        block[156] = header.type;
        put(157, header.link);
        put(257, header.magic);
        put(265, header.owner);
        put(345, header.prefix);
        unsigned sum = header.good_checksum ? 0 : 1;
        for (const char c : block)
            sum += static_cast<unsigned char>(c);
        char digits[8];
        std::snprintf(digits, sizeof digits, "%06o", sum);
        put(148, std::string(digits) + std::string("\0 ", 2));
        bytes_ += block + content;
        bytes_.append((512 - content.size() % 512) % 512, '\0');
        return *this;
    }
    std::string done(std::size_t zero_blocks = 2) const {
        return bytes_ + std::string(512 * zero_blocks, '\0');
    }

  private:
    std::string bytes_;
};

// Firmware that says its version and runs until it is told to end.
inline std::string firmware(const std::string& version, const std::string& health = "exit 0",
                            const std::string& program = "") {
    const std::string runs = "#!/bin/sh\ntrap 'exit 0' TERM\necho up\nwhile :; do sleep 60 & wait $!; done\n";
    return Tar()
        .file("bin/firmware", program.empty() ? runs : "#!/bin/sh\n" + program + "\n", true)
        .file("bin/health", "#!/bin/sh\n" + health + "\n", true)
        .file("etc/os-release",
              "NAME=\"Test\"\nVERSION_ID=" + version + "\nPRETTY_NAME=\"Test " + version + "\"\n")
        .file("usr/lib/oakum/packages.json",
              R"({"components":[{"kind":"package","name":"busybox","version":"1.36.1"}]})")
        .done();
}

} // namespace oakum::agent::test
