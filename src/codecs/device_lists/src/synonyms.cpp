// SPDX-License-Identifier: Apache-2.0
#include "synonyms.hpp"

#include <array>

namespace oakum::device_lists {
namespace {

constexpr std::array kSynonyms = std::to_array<Synonyms>({
    {"id", "oakumid id"},
    {"serial", "serial serialnumber serialno serialnum sn deviceserial deviceserialnumber hardwareserial "
               "hardwareserialnumber seriennummer seriennr numerodeserie imei"},
    {"name", "name devicename computername hostname host displayname dnsname fqdn managedname geratename "
             "geratebezeichnung bezeichnung rechnername nomdelappareil"},
    {"kind", "kind devicetype type category assettype deviceclass geratetyp geratart art"},
    {"manufacturer", "manufacturer make vendor brand oem hersteller fabricant marque"},
    {"model", "model modelidentifier devicemodel productname modelname modelnumber product modell modele "
              "typenbezeichnung"},
    {"x.model_name", "modelname model productname"},
    {"hw_revision", "hwrevision hardwarerevision hwrev boardrevision hardwareversion"},
    {"platform", "platform os operatingsystem osplatform osname operatingsystemname osfamily betriebssystem"},
    {"os_version",
     "osversion operatingsystemversion iosversion ipadosversion androidversion betriebssystemversion"},
    {"x.os_build", "osbuild operatingsystembuild buildnumber build"},
    {"patch_level", "patchlevel securitypatchlevel androidsecuritypatchlevel androidpatchlevel spl"},
    {"firmware_version", "firmwareversion firmware fwversion firmwarerevision fw swversion softwareversion "
                         "firmwarestand version"},
    {"kernel", "kernel kernelversion"},
    {"address", "address ip ipaddress ipv4 ipv4address lastreportedipaddress wifiipv4address lastipaddress "
                "networklocation ipadresse adresseip"},
    {"x.mac", "mac macaddress wifimac wifimacaddress primarymacaddress ethernetmac hwaddress hardwareaddress "
              "physicaladdress macadresse"},
    {"site", "site location building plant office standort ort gebaude werk niederlassung lieu"},
    {"x.room", "room raum salle"},
    {"zone", "zone networkzone segment vlan networksegment netz"},
    {"owner", "owner owningteam team department owningdepartment abteilung verantwortlich costcenter"},
    {"criticality", "criticality businesscriticality importance kritikalitat"},
    {"exposure", "exposure networkexposure"},
    {"support_end", "supportend endofsupport eos endofsupportdate eol endoflife supportende"},
    {"cadence", "cadence updatecadence"},
    {"timezone", "timezone tz zeitzone"},
    {"safety_critical", "safetycritical"},
    {"unattended", "unattended"},
    {"group", "group devicegroup gruppe"},
    {"x.imei", "imei imei1"},
    {"x.udid", "udid deviceudid"},
    {"x.asset_tag",
     "assettag assetnumber assetid inventorynumber barcode barcode1 inventarnummer inventarnr"},
    {"x.supervised", "supervised issupervised"},
    {"x.ownership", "ownership ownertype deviceownershiptype deviceownership"},
    {"x.intune_id", "intunedeviceid intuneid"},
    {"x.jamf_id", "jamfprocomputerid jsscomputerid jamfpromobiledeviceid jssmobiledeviceid jamfid"},
});

constexpr std::array kPersons = std::to_array<Synonyms>({
    {"x.user",
     "primaryuserupn upn userprincipalname username userid user primaryuser assigneduser assignedto "
     "lastloggedonuser lastuser loggedinuser enrolledby enrolledbyuserupn benutzer benutzername utilisateur"},
    {"x.user_name",
     "primaryuserdisplayname fullname userdisplayname realname personname firstname lastname surname "
     "vorname nachname nom prenom"},
    {"x.user_mail",
     "primaryuseremailaddress emailaddress email useremail useremailaddress mail emailadresse"},
    {"x.user_phone", "phonenumber phone telephone mobilenumber telefon telefonnummer"},
    {"",
     "managementname position contact purchasingcontact itunesstoreaccount localuseraccounts filevault2user "
     "filevault2users azureactivedirectoryid userazureactivedirectoryid employeeid personalnummer "
     "homeaddress "
     "birthday"},
});

// Letters of Latin-1 from U+00C0 on, without their accents; '.' is none.
constexpr std::string_view kPlain = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";

} // namespace

std::span<const Synonyms> synonyms() {
    return kSynonyms;
}

std::span<const Synonyms> synonyms_of_persons() {
    return kPersons;
}

std::string folded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out += c;
        } else if (c >= 'A' && c <= 'Z') {
            out += static_cast<char>(c - 'A' + 'a');
        } else if (c == '\xC3' && i + 1 < text.size()) {
            const auto at = static_cast<std::size_t>(static_cast<unsigned char>(text[++i]) - 0x80);
            if (at < kPlain.size() && kPlain[at] != '.') out += kPlain[at];
        }
    }
    return out;
}

std::size_t rank_of(std::string_view names, std::string_view name) {
    for (std::size_t rank = 0; !names.empty(); ++rank) {
        const std::size_t end = names.find(' ');
        if (names.substr(0, end) == name) return rank;
        names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    }
    return std::string_view::npos;
}

} // namespace oakum::device_lists
