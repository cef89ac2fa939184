// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"
#include "explain.hpp"

namespace oakum::cli {

void add_status(Builder& builder) {
    Line& line = builder.session.line;
    CLI::App* status = builder.app.add_subcommand("status", "how exposed the fleet is and what to fix first");
    status->add_option_function<std::string>(
        "--query", [&line](const std::string& query) { line.values["query"] = query; }, "which devices");
    builder.does(status, [&line](const Flow& flow) { return show_status(flow, line.values["query"]); });

    CLI::App* search = builder.app.add_subcommand(
        "search", "anything by name: CVE, device, serial, address, group, site, release, rollout, component");
    search->add_option("text", builder.given.text, "what to look for")->required();
    builder.does(search, [&given = builder.given](const Flow& flow) { return search_all(flow, given.text); });
}

void add_inventory(Builder& builder) {
    Given& given = builder.given;
    CLI::App* import = builder.noun("device")->add_subcommand(
        "import",
        "devices from a file: a table (CSV) as spreadsheets, Intune and Jamf Pro write them, a scan of nmap "
        "(-oX), or the leases of dnsmasq, ISC dhcpd or Kea; a second import updates");
    DeviceFile& devices = given.devices;
    import->add_option("file", devices.file, "the file")->required()->check(CLI::ExistingFile);
    import->add_option("--group", devices.group, "the group that new devices join: id or name");
    import->add_option(
        "--column", devices.columns,
        "HEAD=FACT: what a column means; HEAD= leaves it out; may be given again; remembered for the "
        "next file with the same heads");
    import->add_flag("--with-persons", devices.with_persons,
                     "take columns about persons too (user names, mail, phone numbers)");
    import->add_option("--dates", devices.dates, "how 3/4/2026 is meant, where the file does not show it")
        ->check(CLI::IsMember({"day-first", "month-first"}));
    import->add_option("--refused", devices.refused,
                       "a CSV file for the lines that are refused, with the reasons");
    builder.does(import, [&](const Flow& flow) { return import_devices(flow, given.devices); });

    CLI::App* sbom = builder.noun("sbom")->add_subcommand(
        "attach", "say what a firmware version, or one device, is made of (CycloneDX, SPDX)");
    sbom->add_option("file", given.file, "the SBOM")->required()->check(CLI::ExistingFile);
    sbom->add_option("--model", given.model, "the model it is for");
    sbom->add_option("--version", given.version, "the firmware version it is for");
    sbom->add_option("--device", given.device, "the one device it is for: id, serial or name");
    builder.does(sbom, [&](const Flow& flow) {
        return attach_sbom(flow, given.file, given.model, given.version, given.device);
    });

    CLI::App* state = builder.noun("sbom")->add_subcommand(
        "state", "say what was repaired or does not apply in a firmware that has an SBOM (Yocto's cve-check, "
                 "Buildroot's pkg-stats, OpenVEX, CycloneDX VEX)");
    state->add_option("file", given.file, "the list")->required()->check(CLI::ExistingFile);
    state->add_option("--model", given.model, "the model it is for")->required();
    state->add_option("--version", given.version, "the firmware version it is for")->required();
    builder.does(
        state, [&](const Flow& flow) { return state_of_sbom(flow, given.file, given.model, given.version); });

    Line& line = builder.session.line;
    CLI::App* advisory = builder.noun("advisory")->add_subcommand("show", "are we affected by it?");
    advisory
        ->add_option_function<std::string>(
            "id", [&line](const std::string& id) { line.values["id"] = id; },
            "CVE id or another of its names")
        ->required();
    advisory->add_option_function<std::string>(
        "--query", [&line](const std::string& query) { line.values["query"] = query; }, "which devices");
    builder.does(advisory, [&line](const Flow& flow) {
        return show_advisory(flow, line.values["id"], line.values["query"]);
    });
}

void add_edits(Builder& builder) {
    Given& given = builder.given;
    NewBulk& bulk = given.bulk;
    CLI::App* change = builder.noun("device")->add_subcommand(
        "bulk", "do one thing to many devices: shows whom it would change, and with --yes does it");
    change->add_option_function<std::string>(
        "--query",
        [&bulk](const std::string& query) {
            bulk.query = query;
            bulk.by_query = true;
        },
        "which devices, in the query language (oakum help query); \"\" is all of them");
    change->add_option("--part", bulk.part,
                       "those of them that a figure counts: see oakum device list --help");
    change->add_option("--fix", bulk.fix, "or those of them that a row of oakum fix list is for: its id");
    change->add_option("--device", bulk.devices, "a device: id, serial or name; may be given again");
    change->add_option("--fact", bulk.facts,
                       "KEY=VALUE to state; may be given again; KEY= takes back what was stated");
    change->add_option_function<std::string>(
        "--group",
        [&bulk](const std::string& group) {
            bulk.group = group;
            bulk.move = true;
        },
        "the group that they join: id or name; \"\" takes them out of theirs");
    change->add_flag("--hold", bulk.hold, "install nothing on them until they are released");
    change->add_flag("--release", bulk.release, "end their holds");
    change->add_flag("--retire", bulk.retire, "take them out of every count");
    change->add_flag("--re-enrol", bulk.re_enrol,
                     "refuse their certificates, so that they have to enrol again; cannot be undone");
    change->add_option("--why", bulk.why, "the reason, for the audit log and the devices' histories");
    change->add_flag("--yes", bulk.yes, "do it");
    builder.does(change, [&bulk](const Flow& flow) { return change_devices(flow, bulk); });

    NewReplacement& swap = given.replacement;
    CLI::App* replace = builder.noun("device")->add_subcommand(
        "replace",
        "another unit takes the place of a broken one: shows what passes to it, and with --yes does it");
    replace->add_option("old", swap.old, "the device that is taken away: id, serial or name")->required();
    replace->add_option("new", swap.fresh, "the device that takes its place: id, serial or name")->required();
    replace->add_option("--why", swap.why, "the reason, for the audit log and the devices' histories");
    replace->add_flag("--yes", swap.yes, "do it");
    builder.does(replace, [&swap](const Flow& flow) { return replace_device(flow, swap); });

    CLI::App* undo = builder.noun("edit")->add_subcommand(
        "undo",
        "put back what an import, a bulk action or a replacement changed, where nobody changed it since");
    undo->add_option("id", given.id, "the id, as lists show it")->required();
    undo->add_option("--why", bulk.why, "the reason, for the audit log");
    builder.does(undo, [&given](const Flow& flow) { return undo_edit(flow, given.id, given.bulk.why); });
}

void add_explanations(Builder& builder) {
    Given& given = builder.given;
    Line& line = builder.session.line;
    const auto of = [&](CLI::App* command, std::string_view name, std::string help) {
        command
            ->add_option_function<std::string>(
                std::string(name),
                [&line, &given](const std::string& id) { given.id = line.values["id"] = id; },
                std::move(help))
            ->required();
    };
    CLI::App* device = builder.noun("device")->add_subcommand(
        "explain", "why it is as it is, what it waits for, and until when");
    of(device, "id", "its id, serial or name");
    builder.does(device, [&given](const Flow& flow) { return explain_device(flow, given.id); });

    CLI::App* rollout =
        builder.noun("rollout")->add_subcommand("explain", "what it does, what it waits for, and until when");
    of(rollout, "id", "its id or its name");
    builder.does(rollout, [&given](const Flow& flow) { return explain_rollout(flow, given.id); });

    CLI::App* finding = builder.noun("finding")->add_subcommand(
        "explain", "why a device is affected or not, who says so, and why it is not fixed now");
    of(finding, "advisory", "CVE id or another of its names");
    finding->add_option("--device", given.device, "the device: id, serial or name")->required();
    builder.does(finding,
                 [&given](const Flow& flow) { return explain_finding(flow, given.id, given.device); });
}

} // namespace oakum::cli
