"""What identifiers are called, in words that the two splits do not share where a language has two."""

from __future__ import annotations

_TUNE = """
AU_TFN: TFN; tax file number; Tax File Number
AU_ABN: ABN; Australian Business Number
AU_ACN: ACN; Australian Company Number
AU_MEDICARE: Medicare number; Medicare; Medicare card
AU_IHI: IHI; Individual Healthcare Identifier
AU_CRN: CRN; Centrelink CRN; customer reference number
AU_DVA: DVA number; DVA file number
AU_PROVIDER_NUMBER: provider number; Medicare provider number
AU_BSB: BSB; BSB number
AU_BANK_ACCOUNT: account number; bank account
AU_PASSPORT: passport number; Passport
AU_DRIVER_LICENCE: driver licence; licence number; driver's licence number
NZ_IRD: IRD number; IRD
NZ_NHI: NHI; NHI number
NZ_BANK_ACCOUNT: bank account; account number
NZ_DRIVER_LICENCE: driver licence; licence number
NZ_PASSPORT: passport number; passport
UK_NINO: NINO; National Insurance number; NI number
UK_NHS: NHS number; NHS No
UK_CHI: CHI number; CHI
UK_UTR: UTR; Unique Taxpayer Reference
UK_VAT: VAT number; VAT registration number
UK_DRIVING_LICENCE: driving licence; driving licence number
UK_SORT_CODE: sort code; Sort Code
UK_BANK_ACCOUNT: account number; bank account number
UK_PASSPORT: passport number; Passport
UK_POSTCODE: postcode; Postcode
US_SSN: SSN; Social Security number; social security number
US_ITIN: ITIN; taxpayer identification number
US_EIN: EIN; Employer Identification Number
US_BANK_ROUTING: routing number; ABA routing number
US_NPI: NPI; NPI number
US_DEA: DEA number; DEA
US_MBI: MBI; Medicare beneficiary identifier
US_BANK_NUMBER: account number; checking account
US_PASSPORT: passport number; passport
US_DRIVER_LICENSE: driver's license; driver license number
CREDIT_CARD: card number; credit card; Visa card
IBAN: IBAN; IBAN number
IP: IP address; client IP
IPV6: IPv6 address; IP
MAC: MAC address; MAC
EMAIL: email; e-mail address
DATE_OF_BIRTH: date of birth; DOB; Date of Birth
MEDICAL_RECORD: MRN; medical record number
VIN: VIN; vehicle identification number
PLATE: license plate; number plate; plate
DEVICE_SERIAL: serial number; device serial number
IMEI: IMEI; IMEI number
ACCOUNT: customer account number; account no
HEALTH_PLAN: member ID; health plan number
CERTIFICATE: certificate number; registration number
"""

_HELD_OUT = """
AU_TFN: Tax File No.; TFN (current); tax file no
AU_ABN: A.B.N.; ABN no.
AU_ACN: A.C.N.; ACN no.
AU_MEDICARE: Medicare card no.; Medicare No
AU_IHI: healthcare identifier; IHI no.
AU_CRN: Customer Reference No; Centrelink reference
AU_DVA: Veterans' Affairs number; DVA file no.; DVA card
AU_PROVIDER_NUMBER: provider no.; Provider No
AU_BSB: BSB no.; BSB code
AU_BANK_ACCOUNT: acct no.; Account No
AU_PASSPORT: passport no.; Aust. passport
AU_DRIVER_LICENCE: driver licence no.; drivers licence; Licence No
NZ_IRD: IRD no.; Inland Revenue number
NZ_NHI: NHI no.; National Health Index
NZ_BANK_ACCOUNT: acct; Account no.
NZ_DRIVER_LICENCE: licence no.; drivers licence
NZ_PASSPORT: NZ passport; passport no.
UK_NINO: N.I. number; Nat. Insurance no.; NI No
UK_NHS: N.H.S. number; NHS no.
UK_CHI: CHI no.; C.H.I. number
UK_UTR: tax reference (UTR); UTR no.
UK_VAT: VAT reg. no.; VAT no
UK_DRIVING_LICENCE: driver number; licence no.
UK_SORT_CODE: sort-code; S/C
UK_BANK_ACCOUNT: a/c no.; acct number
UK_PASSPORT: passport no.; British passport
UK_POSTCODE: post code; Post Code
US_SSN: Social Security No.; SS#; Soc. Sec. number
US_ITIN: individual taxpayer ID; ITIN no.
US_EIN: federal tax ID; employer ID number
US_BANK_ROUTING: routing transit number; RTN; ABA no.
US_NPI: National Provider Identifier; provider NPI
US_DEA: DEA registration; DEA no.
US_MBI: Medicare ID; Medicare number
US_BANK_NUMBER: acct no.; savings account
US_PASSPORT: passport no.; U.S. passport
US_DRIVER_LICENSE: DL number; drivers license no.; DL#
CREDIT_CARD: card no.; debit card; Mastercard
IBAN: bank account (IBAN); IBAN no.
IP: source IP; remote address
IPV6: remote address; IPv6
MAC: hardware address; MAC addr
EMAIL: mail; contact address
DATE_OF_BIRTH: birth date; D.O.B.; born
MEDICAL_RECORD: patient ID; chart number; hospital no.
VIN: chassis number (VIN); VIN no.
PLATE: registration plate; rego; reg. number
DEVICE_SERIAL: serial no.; S/N
IMEI: IMEI no.; handset IMEI
ACCOUNT: acct number; customer number
HEALTH_PLAN: health insurance member number; policy number; subscriber ID
CERTIFICATE: licence to practise no.; AHPRA registration; permit number
"""


def _parse(text: str) -> dict[str, tuple[str, ...]]:
    rows = (line.partition(": ") for line in text.strip().splitlines())
    return {name: tuple(words.split("; ")) for name, _, words in rows}


LABELS = {"tune": _parse(_TUNE), "held-out": _parse(_HELD_OUT)}
