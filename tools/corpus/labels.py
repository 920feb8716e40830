"""What identifiers are called, in words that the splits do not share where a language has several."""

from __future__ import annotations

from tools.corpus.values.own import words

_TUNE = """
AU_TFN: TFN; tax file number; Tax File Number; T.F.N.; ATO tax file number; TaxFileNumber; tfn_number; Tax file number
  (TFN); employee TFN
AU_ABN: ABN; Australian Business Number; ABN number; Business Number; Australian Business No; supplier ABN; abn_no;
  company ABN; ABN/ACN; Aus. Business Number; Vendor A.B.N
AU_ACN: ACN; Australian Company Number; ACN number; company ACN; Australian Company No; ARBN; Company No.; Aus.
  Company Number
AU_MEDICARE: Medicare number; Medicare; Medicare card; Medicare card no; Medicare no. + ref; medicareNumber; M/care
  no; Medicare (incl. IRN)
AU_IHI: IHI; Individual Healthcare Identifier; IHI identifier; Individual Healthcare Identifier (IHI); ihi_no;
  Healthcare Identifier (IHI)
AU_CRN: CRN; Centrelink CRN; customer reference number; Centrelink customer reference number; Centrelink reference no;
  CRN number; Customer Ref. No.; Centrelink ID; Services Australia CRN
AU_DVA: DVA number; DVA file number; DVA; Veteran Affairs no; Veteran's file number; DVA Gold Card; gold card number;
  White Card no; DVA entitlement number; veteran ID; DVA pension no; Dept of Veterans' Affairs file no; dva_file;
  veteran number; Repat number; DVA client number; VEA file number
AU_PROVIDER_NUMBER: provider number; Medicare provider number; Provider No.; Prov. Number; Referring provider no.; MBS
  provider number; providerNumber; Dr's provider number; servicing provider no
AU_BSB: BSB; BSB number; BSB (6 digits); bank BSB; bsb_code; BSB No; Bank State Branch; Branch/BSB
AU_BANK_ACCOUNT: account number; bank account; Account; Acct. No.; acc no; bank account number; account num.; A/c no;
  account_no; Account #; Refund account; deposit account no
AU_PASSPORT: passport number; Passport; Australian passport no; passport no (AU); passport_no; Passport #; travel
  document number; PPT No
AU_DRIVER_LICENCE: driver licence; licence number; driver's licence number; Driver's licence no; DL; Drivers Lic No;
  NSW driver licence; licence_no; Driver Lic. Number; D/L number; licence card number; Vic licence no
NZ_IRD: IRD number; IRD; IRD no; IRD/tax number; ird_number; Inland Revenue no.; GST/IRD number; Tax No (IRD)
NZ_NHI: NHI; NHI number; NHI #; N.H.I.; nhi_no; National Health Index (NHI); Patient's NHI
NZ_BANK_ACCOUNT: bank account; account number; bank account no; account; a/c; bank_account_no; Acct Number; refund a/c
  no; bank acc.
NZ_DRIVER_LICENCE: driver licence; licence number; NZ driver licence; driver's licence no.; licence_number; DL;
  Drivers Licence #; driver licence (5a)
NZ_PASSPORT: passport number; passport; New Zealand passport; passport_number; Passport No (NZ); travel doc no; NZ
  passport #
UK_NINO: NINO; National Insurance number; NI number; NI No.; nino_number; Nat. Ins. No; N.I. no; National Insurance
  No.; NINo
UK_NHS: NHS number; NHS No; NHS; N.H.S. no; nhs_number; NHS No. (10 digits); NHS number (if known)
UK_CHI: CHI number; CHI; CHI no; C.H.I.; chi_number; Community Health Index
UK_UTR: UTR; Unique Taxpayer Reference; UTR code; Unique Taxpayer Ref; Self Assessment UTR; utr_number; tax ref. no.;
  HMRC UTR; SA UTR
UK_VAT: VAT number; VAT registration number; VAT; VAT reg no; VAT no.; vat_number; V.A.T. No; VAT ID
UK_DRIVING_LICENCE: driving licence; driving licence number; Driving licence no; DVLA driver number;
  driving_licence_no; Licence number (5); DL no
UK_SORT_CODE: sort code; Sort Code; Sort code no; Sortcode; sort_code; bank sort-code; Sort Code (6 digits)
UK_BANK_ACCOUNT: account number; bank account number; account no.; Account number (8 digits); Acc. No; acc number;
  account_number; bank a/c no; a/c; Payee account
UK_PASSPORT: passport number; Passport; UK passport; Passport No.; passport_no; Passport number (UK); document number
UK_POSTCODE: postcode; Postcode; Post code; post_code; PostCode; P/code; correspondence postcode
US_SSN: SSN; Social Security number; social security number; SS number; Soc. Sec. #; social_security_number; SS No.;
  employee SSN; SSN (last filed); taxpayer SSN; Social Sec. No; S.S.N.
US_ITIN: ITIN; taxpayer identification number; I.T.I.N.; itin_number; Individual Taxpayer Identification Number;
  taxpayer ID no.
US_EIN: EIN; Employer Identification Number; Employer ID; Federal EIN; F.E.I.N.; ein_number; Employer ID No. (EIN);
  Fed. Tax ID; Federal ID number; business tax ID
US_BANK_ROUTING: routing number; ABA routing number; Routing #; ABA; routing no.; routing_number; bank routing number;
  ABA/routing; Routing transit no; RTN/ABA; wire routing no.
US_NPI: NPI; NPI number; NPI #; N.P.I.; provider_npi; National Provider ID; Billing NPI; rendering NPI; NPI
  (individual)
US_DEA: DEA number; DEA; DEA #; dea_number; D.E.A. no; prescriber DEA; DEA Reg. No.; DEA lic no
US_MBI: MBI; Medicare beneficiary identifier; Medicare beneficiary ID; Medicare Number (MBI); mbi_id; M.B.I.; Medicare
  claim number
US_BANK_NUMBER: account number; checking account; Account #; Acct; checking account number; account_number; Bank Acct
  No.; savings acct; direct deposit account; A/C No
US_PASSPORT: passport number; passport; Passport Book No.; passport_no; Passport No; US passport; travel document no.
US_DRIVER_LICENSE: driver's license; driver license number; DL; Driver Lic #; drivers_license; D.L. No.; Driver's Lic.
  No.; Operator's license no; state ID number; DLN; CDL number
CREDIT_CARD: card number; credit card; Visa card; Card #; CC number; card_number; Visa; PAN; cardNumber; Debit card
  no.; Cardholder number
IBAN: IBAN; IBAN number; iban_no; I.B.A.N.; Bank account/IBAN; payee IBAN
IP: IP address; client IP; IP addr; src ip; remote IP; ip_addr
IPV6: IPv6 address; IP
MAC: MAC address; MAC; MAC addr.; ethernet address; mac_address; hw addr
EMAIL: email; e-mail address; Email address; E-mail; email_addr; contact email
DATE_OF_BIRTH: date of birth; DOB; Date of Birth; D.O.B; DOB (dd/mm/yy); birth_date; Birth Date; Born on; dob_date;
  Birthday; Geb./DOB; patient_dob; Date of Birth (MM/DD/YYYY); BirthDt; d/o/b; birth_dt; date of birth/age;
  date_of_birth_iso
MEDICAL_RECORD: MRN; medical record number; MRN #; Med. Rec. No.; Medical Record #; record_number; UMRN; URN; UR no;
  patient number; Hospital ID; Chart #; chart_no; Pt ID; Health record no; file number (MRN); clinic number; Case
  notes no; EMR ID; patient file no; hosp number; PAS number; Unit no; episode no
VIN: VIN; vehicle identification number; V.I.N.; vin_number; Vehicle Identification No; VIN / chassis; chassis no
PLATE: license plate; number plate; plate; rego no; Reg. No; registration plate number; Vehicle registration;
  plate_no; license_plate; Number plate; vehicle reg; Plate #; VRM; rego plate; registration mark; car registration;
  licence plate no
DEVICE_SERIAL: serial number; device serial number; Serial No; S/No; Ser. No.; SN; serial_no; Serial #; equipment
  serial no; Product serial; device ID; Implant serial; device identifier; Asset serial; s.n.; hardware serial; pump
  serial; Machine serial no; Laptop serial; Model/Serial; equipment no; asset tag; unit serial number; manufacturer's
  serial number; handset serial
IMEI: IMEI; IMEI number; IMEI code; imei_number; I.M.E.I.; device IMEI; IMEI 1; IMEI/MEID
ACCOUNT: customer account number; account no; account ID; Customer ID; client no; client number; account ref.; Acct #;
  account_no; cust no; customer_number; Billing account; billing account no; Utility account number; Client ID;
  Customer code; Customer ref; supply account no; A/C number; Acc no; subscriber account; client code; loyalty number;
  frequent flyer no
HEALTH_PLAN: member ID; health plan number; Member #; Policy #; member_id; Subscriber #; Subscriber No; Ins. ID;
  Insurance ID; insurance policy no.; Health fund no; Fund member number; Membership no; memberId; Policyholder ID;
  Group/Member ID; Insurance card no; coverage ID; plan member ID; health cover number; Enrollee ID; Beneficiary No.;
  Medicaid ID; plan number; health insurance no; Private health number; insurer member no; Medical aid number; RxID;
  Cardholder ID; policy holder number; recipient ID; health card no; HIC number; Bupa number; scheme number; contract
  number; dependant no
CERTIFICATE: certificate number; registration number; Certificate #; Cert No; cert_no; Reg. number; registration_no;
  licence to practise; permit no.; Practitioner ID; accreditation no; medical licence number; nursing registration;
  professional registration no.; GMC no; AHPRA no.; NMC PIN; bar number; teacher registration number; Medical Council
  no; HCPC number; state license number; WWCC number; Licence to practise no
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

_UNSEEN = """
AU_TFN: tax file no. (TFN); Tax file num
AU_ABN: business number (ABN); Aust. Business No.
AU_ACN: company number (ACN); Aust. Company No.
AU_MEDICARE: Medicare details; Medicare card number
AU_IHI: individual healthcare ID; IHI number
AU_CRN: Centrelink number; CRN no.
AU_DVA: Veterans' card number; DVA no.
AU_PROVIDER_NUMBER: prov. no.; provider num
AU_BSB: branch (BSB); BSB num
AU_BANK_ACCOUNT: bank acct; acct num
AU_PASSPORT: passport; passport num
AU_DRIVER_LICENCE: DL no.; driving licence; Licence num
NZ_IRD: tax number (IRD); IRD num
NZ_NHI: NHI code; patient NHI
NZ_BANK_ACCOUNT: bank a/c; account num
NZ_DRIVER_LICENCE: DL number; driving licence
NZ_PASSPORT: passport num; NZ passport number
UK_NINO: Nat Ins number; NI num
UK_NHS: NHS ID; NHS patient number
UK_CHI: CHI num; Community Health Index number
UK_UTR: UTR number; tax reference
UK_VAT: VAT registration; VAT reg number
UK_DRIVING_LICENCE: DVLA licence number; driving lic. no.
UK_SORT_CODE: bank sort code; sortcode
UK_BANK_ACCOUNT: bank acc no; a/c number
UK_PASSPORT: passport num; UK passport number
UK_POSTCODE: home postcode; delivery postcode
US_SSN: social; SSN#; Soc Sec No
US_ITIN: taxpayer ID (ITIN); ITIN#
US_EIN: tax ID (EIN); FEIN
US_BANK_ROUTING: ABA number; bank routing no.
US_NPI: NPI no.; provider's NPI
US_DEA: DEA#; DEA registration number
US_MBI: Medicare no.; MBI number
US_BANK_NUMBER: bank account no.; checking acct
US_PASSPORT: US passport number; passport num
US_DRIVER_LICENSE: driver license; license no.; DL no.
CREDIT_CARD: card; payment card; Amex or Visa number
IBAN: IBAN code; account IBAN
IP: IP; host IP; peer address
IPV6: IPv6 addr; host IP
MAC: MAC no.; wifi MAC
EMAIL: e-mail; email addr
DATE_OF_BIRTH: birthdate; birthday; Date of birth (dd/mm/yyyy)
MEDICAL_RECORD: hospital number; record no. (MRN); UR number
VIN: VIN/chassis no.; VIN#
PLATE: registration number; car rego; license plate no.
DEVICE_SERIAL: serial; serial num; device S/N
IMEI: phone IMEI; IMEI/serial
ACCOUNT: customer no.; acc. number
HEALTH_PLAN: insurance member no.; membership ID; plan ID
CERTIFICATE: cert. no.; licence to practice number; registration no.
"""


def _parse(text: str) -> dict[str, tuple[str, ...]]:
    # A longer line goes on, further in, on the next.
    rows = (line.partition(": ") for line in text.strip().replace("\n  ", " ").splitlines())
    return {name: tuple(words.split("; ")) for name, _, words in rows}


LABELS = {
    "tune": _parse(_TUNE),
    "held-out": _parse(_HELD_OUT),
    "unseen": _parse(_UNSEEN),
    "fresh": _parse("\n".join(words("fresh", "labels"))),
}
