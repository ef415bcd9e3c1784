"""Each path that must not exist, planted: a flow, a view or a contract that would let somebody learn what is not for them."""

from __future__ import annotations

from hub.contract.flow import SystemRecipient
from tests.hub.control_bus.plants import ASKED, PERSON, SCHEMAS, VIEW, Plant, Planted, add_flow, both, schema, view_like, written

_XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:pophub:codes:1.0" xmlns:p="urn:pophub:privacy:1.0"
 targetNamespace="urn:pophub:{channel}:1.0" elementFormDefault="qualified">
<xs:import namespace="urn:pophub:codes:1.0" schemaLocation="{up}codes/codes-1.0.xsd"/>
<xs:element name="made"><xs:complexType><xs:sequence><xs:element name="{element}" type="c:{type}"><xs:annotation>
<xs:documentation xml:lang="zh">某项</xs:documentation><xs:appinfo><p:privacy class="{privacy}"/></xs:appinfo></xs:annotation></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
DELIVERY = "services/enquiry-delivery-1.0.wsdl"
PADIS_PERSON = "views/padis/person.xsd"
NOTED, RECEIVED = "views/hukou_unit/notice.contraception-1.0.xsd", "views/residence_unit/notice.contraception_receipt-1.0.xsd"
GRANTS = "views/padis/grants.toml"


def one_field(name: str, element: str, privacy: str = "free", kind: str = "Text20") -> Plant:
    """A schema of one element: ``views/<recipient>/<channel>-1.0.xsd`` or ``canonical/1.0/<channel>.xsd``."""
    channel = name.rpartition("/")[2].removesuffix(".xsd").removesuffix("-1.0")
    return written(name, _XSD.format(channel=channel, up="../../", element=element, type=kind, privacy=privacy))


def _feedback_contract() -> str:
    """The contract for deliveries with the whole channel where the view belongs."""
    text = (SCHEMAS / DELIVERY).read_text(encoding="utf-8")
    return text.replace("../views/asking_unit/enquiry.feedback-1.0.xsd", "../canonical/1.0/enquiry.feedback.xsd")


POLICE, POLICE_VIEW = SystemRecipient("police"), "views/police/"
TERMINATE = both(
    schema("codes/codes-1.0.xsd", r"(</xs:schema>)", r'<xs:simpleType name="CL_TERMINATE"><xs:restriction base="xs:string"/></xs:simpleType>\1'),
    one_field("views/padis/notice.made-1.0.xsd", "howItEnded", kind="CL_TERMINATE"),
)  # fmt: skip

PRIVACY_PLANTS = (
    # 1: health, contraception, certificates and the police
    Planted("path.forbidden", add_flow("health", "health.delivery", "police.push", recipient=POLICE), "channel:health.delivery", "reach the police (path 1): channel:health.delivery → channel:police.push."),
    Planted("path.forbidden", add_flow("certs", "ecert.change", recipient=POLICE), "channel:ecert.change", "(path 1): channel:ecert.change → system:police."),
    Planted("path.forbidden", add_flow("check", "service.check_result", view="police_view"), "channel:service.check_result", "(path 1): channel:service.check_result → view:police_view."),
    Planted("path.forbidden", add_flow("disease", "equal.disease", recipient=POLICE), "channel:equal.disease", "reach the police (path 1)"),
    Planted("path.forbidden", add_flow("share", "police.bulk", "notice.contraception", source="police"), "source:police", "source:police → channel:police.bulk → channel:notice.contraception"),
    Planted("path.forbidden", add_flow("share", "police.bulk", view="phc"), "channel:police.bulk", "never reaches health, contraception or certificates (path 1): channel:police.bulk → view:phc."),
    Planted("field.forbidden", view_like("police", 'class="sensitive"'), POLICE_VIEW, "holds nothing sensitive (path 1)"),
    Planted("field.forbidden", one_field(f"{POLICE_VIEW}police.case_query-1.0.xsd", "hukouAddr", "identifying"), POLICE_VIEW, "the police see name and number alone (path 1)"),
    # 2: disease
    Planted("path.forbidden", add_flow("equal", "equal.disease", view="village"), "channel:equal.disease", "disease goes to the unit of residence alone"),
    Planted("path.forbidden", add_flow("equal", "equal.disease", "sms.send", recipient=SystemRecipient("sms")), "channel:equal.disease", "(path 2): channel:equal.disease → channel:sms.send → system:sms."),
    Planted("path.forbidden", add_flow("equal", "equal.disease", "portal.todo", view="portal"), "channel:equal.disease", "(path 2): channel:equal.disease → channel:portal.todo → view:portal."),
    # 3: records of health
    Planted("path.forbidden", add_flow("care", "health.maternal_care", view="unit"), "channel:health.maternal_care", "never leave health (path 3)"),
    Planted("path.forbidden", add_flow("ended", "health.pregnancy_termination", view="unit"), "channel:health.pregnancy_termination", "never leave health (path 3)"),
    Planted("path.forbidden", add_flow("exam", "health.premarital_exam", recipient=SystemRecipient("register")), "channel:health.premarital_exam", "never leave health (path 3)"),
    Planted("path.forbidden", add_flow("back", "health.reverse_missing", view="asked_unit"), "channel:health.reverse_missing", "own health centre alone (path 3)"),
    Planted("path.forbidden", add_flow("births", "health.delivery", view="hukou_unit"), "channel:health.delivery", "the records themselves go to nobody (path 3)"),
    Planted("path.forbidden", add_flow("births", "health.comparison", view="asked_unit"), "channel:health.comparison", "reach the unit that must act alone (path 3)"),
    Planted("grant.field", schema("views/hukou_unit/health.comparison-1.0.xsd", 'name="mobile"', 'name="residenceDiv"'), "views/hukou_unit/health.comparison", "group C was not granted"),
    Planted("grant.field", schema("views/residence_unit/health.handling-1.0.xsd", 'name="reasonCode"', 'name="operationDate"'), "views/residence_unit/health.handling", "group H was not granted"),
    Planted("grant.field", schema("views/health/health.result-1.0.xsd", 'name="element"', 'name="birthCertNo"'), "views/health/health.result", "group I was not granted"),
    # 4: operation, pregnancy, contraception
    Planted("field.forbidden", view_like("village", 'basis="contraception"'), "views/village/", "are not for this recipient (path 4)"),
    Planted("field.forbidden", one_field("views/ent/ent.employee_query-1.0.xsd", "operationDate"), "views/ent/", "are not for this recipient (path 4)"),
    Planted("field.forbidden", one_field("views/lydx/subsidy.candidate-1.0.xsd", "expectedDate"), "views/lydx/", "are not for this recipient (path 4)"),
    Planted("field.forbidden", one_field("views/portal/portal.todo-1.0.xsd", "pregnancyWeeks"), "views/portal/", "are not for this recipient (path 4)"),
    Planted("field.forbidden", one_field("views/document_reader/document.official-1.0.xsd", "surgeryKind"), "views/document_reader/", "are not for this recipient (path 4)"),
    # 6: what no schema holds
    Planted("privacy.forbidden", schema(PERSON, 'name="education"', 'name="fetalSex"'), PERSON, "must not exist in any schema: fetalSex"),
    Planted("privacy.forbidden", schema(PERSON, 'name="education"', 'name="fingerprintTemplate"'), PERSON, "must not exist in any schema: fingerprintTemplate"),
    Planted("privacy.forbidden", schema(PERSON, 'name="education"', 'name="policyAttr"'), PERSON, "must not exist in any schema: policyAttr"),
    Planted("privacy.forbidden", schema("padis/1.0/xc01.xsd", r"(<xs:documentation[^>]*>)", r"\1社会抚养费"), "padis/1.0/xc01.xsd", "must not exist"),
    # 7: scans
    Planted("field.forbidden", one_field("views/village/birthreg.registration-1.0.xsd", "material"), "views/village/", "scans and photos are not for this recipient (path 7)"),
    Planted("field.forbidden", one_field("views/padis/notice.made-1.0.xsd", "scan"), "views/padis/notice.made", "but for the materials of a first-child enquiry (path 7)"),
    Planted("field.forbidden", one_field("views/padis/enquiry.made-1.0.xsd", "photo"), "views/padis/enquiry.made", "carry no photo to the national platform (path 7)"),
    # 8: rows for statistics, exports, messages
    Planted("field.forbidden", view_like("dss", 'class="identifying"'), "views/dss/", "see counts alone (path 8)"),
    Planted("field.forbidden", one_field("views/export/stat.survey-1.0.xsd", "personId", "identifying"), "views/export/", "exports are coded and name nobody (path 8)"),
    Planted("field.forbidden", one_field("views/sms/sms.send-1.0.xsd", "childrenCount", "sensitive"), "views/sms/", "holds nothing sensitive (path 8)"),
    Planted("field.forbidden", one_field("views/sms/sms.send-1.0.xsd", "name", "identifying"), "views/sms/", "holds a number to send to (path 8)"),
    # 10: a miscarriage
    Planted("type.forbidden", TERMINATE, "views/padis/notice.made", "no notice carries how a pregnancy ended"),
    # the allow-list
    Planted("grant.field", schema(PADIS_PERSON, 'name="mobile"', 'name="phone"'), "views/padis/enquiry.request-1.0.xsd", "group B was not granted"),
    Planted("grant.field", schema(ASKED, 'name="urgency"', 'name="personId"'), ASKED, "personId: group nobody was not granted"),
    Planted("grant.basis", schema(VIEW, ' basis="contraception"', "", 0), VIEW, "group H is granted only with a legal basis"),
    Planted("grant.field", schema(NOTED, 'name="managedType" type="c:CL_MANAGED"', 'name="mobile" type="c:Mobile"'), NOTED, "group B-mobile was not granted"),
    Planted("grant.field", schema(NOTED, 'name="managedType" type="c:CL_MANAGED"', 'name="maritalStatus" type="c:CL_MARITAL"'), NOTED, "group E was not granted"),
    Planted("grant.basis", schema(NOTED, ' basis="pregnancy"', "", 0), NOTED, "checkKind: group G is granted only with a legal basis"),
    Planted("grant.basis", schema(NOTED, ' basis="contraception"', "", 0), NOTED, "iudResult: group H is granted only with a legal basis"),
    Planted("grant.field", schema(RECEIVED, 'name="registerUpdated"', 'name="matchedPersonId"'), RECEIVED, "matchedPersonId: group nobody was not granted"),
    Planted("grant.missing", written(GRANTS, '["enquiry.request"]\ngroups = ["A"]\n'), "views/padis/enquiry.feedback", "padis was granted nothing of enquiry.feedback", "enquiry.request"),
    Planted("grant.group", written(GRANTS, '["enquiry.request"]\ngroups = ["B-mobil"]\n'), "views/padis/grants.toml", "there is no group B-mobil", "B-mobile?"),
    Planted("grant.group", written(GRANTS, '["enquiry.request"]\ngroups = ["nobody"]\n'), "views/padis/grants.toml", "there is no group nobody"),
    # what spokes are told to expect
    Planted("contract.view", written(DELIVERY, _feedback_contract()), DELIVERY, "imports canonical/1.0/enquiry.feedback.xsd, but what goes to units is views/asking_unit/"),
    Planted("contract.unreadable", written(DELIVERY, "<wsdl"), DELIVERY, "not a well-formed XML"),
)  # fmt: skip
