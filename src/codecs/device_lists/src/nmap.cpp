// SPDX-License-Identifier: Apache-2.0
#include "sightings.hpp"
#include "xml.hpp"

#include <algorithm>
#include <base/bytes.hpp>

namespace oakum::device_lists {
namespace {

constexpr std::size_t kMostServices = 24;

// The parts of one <host> of nmap's -oX.
class Host {
  public:
    void open(const XmlReader::Event& tag) {
        if (tag.name == "status")
            up_ = tag.attribute("state") == "up";
        else if (tag.name == "address")
            address(tag);
        else if (tag.name == "hostname" && sighting.host.empty())
            sighting.host = tag.attribute("name");
        else if (tag.name == "port")
            port_ = std::string(tag.attribute("portid").substr(0, 5)) + "/" +
                    std::string(tag.attribute("protocol").substr(0, 4));
        else if (tag.name == "state" && !port_.empty())
            listens_ = tag.attribute("state") == "open";
        else if (tag.name == "service" && !port_.empty())
            service_ = tag.attribute("name").substr(0, 24);
        else if (tag.name == "osmatch" && sighting.os_guess.empty())
            sighting.os_guess = tag.attribute("name");
        else if (tag.name == "osclass" && sighting.kind.empty() && tag.attribute("type") != "general purpose")
            sighting.kind = tag.attribute("type");
    }
    void close(std::string_view name) {
        if (name != "port") return;
        if (listens_ && services_ < kMostServices) {
            ++services_;
            sighting.services +=
                (sighting.services.empty() ? "" : ", ") + port_ + (service_.empty() ? "" : " ") + service_;
        }
        port_.clear();
        service_.clear();
        listens_ = false;
    }
    bool is_up() const { return up_; }

    Sighting sighting;

  private:
    void address(const XmlReader::Event& tag) {
        const std::string_view type = tag.attribute("addrtype");
        if (type == "mac") {
            sighting.mac = tag.attribute("addr");
            sighting.maker = tag.attribute("vendor");
        } else if (sighting.address.empty() || type == "ipv4") {
            sighting.address = tag.attribute("addr");
        }
    }
    bool up_ = true, listens_ = false;
    std::size_t services_ = 0;
    std::string port_, service_;
};

} // namespace

base::Result<std::unique_ptr<File>> open_nmap(std::string_view text) {
    if (!base::is_utf8(text)) return base::invalid("it is not UTF-8");
    Sightings sightings("nmap");
    XmlReader xml(text);
    std::optional<base::TimePoint> began;
    std::optional<Host> host;
    std::uint64_t down = 0;
    bool is_nmap = false;
    for (;;) {
        auto event = xml.next();
        if (!event.ok()) {
            // A scan that was ended before its end still saw what it saw.
            if (!is_nmap) return std::move(event).error();
            sightings.refuse(xml.line(), "the file cannot be read on: " + event.error().message);
            break;
        }
        using Kind = XmlReader::Event::Kind;
        if (event->kind == Kind::finished) break;
        if (event->kind == Kind::start && event->name == "nmaprun") {
            is_nmap = true;
            began = from_epoch(event->attribute("start"));
        } else if (!is_nmap) {
            return base::invalid("this XML is no scan of nmap (-oX)")
                .at("line " + std::to_string(xml.line()));
        } else if (event->kind == Kind::start && event->name == "host") {
            host.emplace();
            host->sighting.line = xml.line();
            host->sighting.at = from_epoch(event->attribute("endtime"));
            if (!host->sighting.at) host->sighting.at = from_epoch(event->attribute("starttime"));
            if (!host->sighting.at) host->sighting.at = began;
        } else if (event->kind == Kind::start && host) {
            host->open(*event);
        } else if (event->kind == Kind::end && host && event->name == "host") {
            if (host->is_up())
                sightings.add(std::move(host->sighting));
            else
                ++down;
            host.reset();
            if (sightings.size() > kMostRecords)
                return base::too_large("more than 1,000,000 hosts in one scan");
        } else if (event->kind == Kind::end && host) {
            host->close(event->name);
        }
    }
    if (down > 0)
        sightings.note(std::to_string(down) + (down == 1 ? " host" : " hosts") +
                       " did not answer; passed over.");
    return std::move(sightings).as_file();
}

} // namespace oakum::device_lists
