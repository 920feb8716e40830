"""Persons: made up from first and last names that the splits do not share."""

from __future__ import annotations

from random import Random

from tools.corpus.values.base import Forms, Maker
from tools.corpus.values.own import words

_FIRST = {
    "tune": (
        "Oliver Charlotte Jack Amelia Priya Arjun Mei Wei Aroha Tane Sione Mele Fatima Yusuf Nguyen Linh Kowhai "
        "Siobhan Declan Ingrid Tomasz Agnieszka Giulia Marco Ana Rafael Keiko Hiroshi Chidi Ngozi Leila Omar "
        "Hannah Benjamin Margaret Kevin Donna Gary Beverley Trevor Susan Malcolm Patricia Wiremu Anahera Rachel "
        "Samuel Emily Joshua Grace Mohammed Aisha Sanjay Deepika Xiulan Minh Katarzyna Pedro Lucia Natasha"
    ),
    "held-out": (
        "William Isabella Henry Sophie Rohan Anjali Jun Ling Manaia Rangi Tevita Losa Zainab Ibrahim Tuan Thuy "
        "Niamh Cormac Astrid Piotr Zofia Elena Luca Carmen Diego Yuki Kenji Emeka Adaeze Parisa Reza Judith Nathan "
        "Dorothy Brian Janet Wayne Glenys Nigel Heather Desmond Barbara Hemi Mereana Catherine Daniel Olivia "
        "Lachlan Freya Hamza Khadija Vikram Sunita Jiahui Duc Malgorzata Antonio Beatriz Svetlana Imogen"
    ),
    "unseen": (
        "Thomas Mia George Ella Nikhil Meera Hao Xin Ngaio Matiu Semisi Lose Salma Bilal Khoa Huong Orla Fionn "
        "Sven Jakub Hania Chiara Matteo Pilar Mateo Sakura Takeshi Obinna Amara Shirin Cyrus Miriam Edward Frances "
        "Ronald Maureen Graham Sheila Keith Audrey Clifford Pania Tui Deborah Michael Jessica Angus Phoebe Tariq "
        "Nadia Rajesh Lakshmi Yifan Bao Ewa Joaquim Valentina Irina Harriet"
    ),
}
_LAST = {
    "tune": (
        "Smith Nguyen Williams Brown Wilson Taylor Raman Patel Chen Wang Ngata Tamihana Fonoti Tupou Hassan Demir "
        "Tran O'Sullivan Murphy Lindqvist Kowalski Nowak Rossi Ferrari Silva Moreau Tanaka Sato Okafor Eze Haddad "
        "Feldman Whitfield Thompson Bradshaw Ellison Hargreaves Pemberton Parata Walker-Jones McAllister "
        "Fitzgerald Anderson Campbell Mitchell Robertson Sharma Gupta Huang Pham Lewandowski Fernandez Marchetti "
        "Ivanova Cartwright"
    ),
    "held-out": (
        "Jones Johnson Davies Evans Harris Martin Iyer Desai Zhang Liu Paewai Rangihuna Leota Vainikolo Rahman "
        "Yildiz Vo O'Connor Gallagher Bergstrom Wisniewski Zielinska Bianchi Greco Santos Dubois Yamamoto "
        "Kobayashi Adeyemi Nwosu Karimi Goldberg Ashworth Richardson Holloway Blackwood Montgomery Winterbourne "
        "Mahuta Smythe-Clarke MacDonald Fitzpatrick Henderson Stewart Morrison Ferguson Mehta Kapoor Zhao Bui "
        "Kaminski Gutierrez Ricci Petrova Hollingsworth"
    ),
    "unseen": (
        "Roberts Walker Wright Hughes Edwards Clarke Nair Menon Lin Huynh Waititi Parore Tuilagi Faleolo Siddiqui "
        "Aydin Le O'Brien Brennan Johansson Wojcik Mazur Conti Moretti Costa Laurent Nakamura Ito Balogun Obi Rahimi "
        "Rosenthal Ainsworth Patterson Galloway Thornton Cunningham Featherstone Tipene Hope-Johnstone MacLeod "
        "Fitzsimmons Peterson Murray Crawford Bennett Reddy Malhotra Sun Dang Zielinski Romero Esposito Sokolova "
        "Winterton"
    ),
}
_TITLES = {
    "tune": "Mr Mrs Ms Dr", "held-out": "Mr Mrs Miss Prof", "unseen": "Mr Ms Miss Dr", "fresh": "Mr Mrs Ms Dr Prof",
}  # fmt: skip
_NAMES = {split: (tuple(_FIRST[split].split()), tuple(_LAST[split].split())) for split in _FIRST} | {
    "fresh": (words("fresh", "first-names"), words("fresh", "last-names"))
}
_MIDDLE = "ABCDEFGHJKLMNPRSTW"


def person(random: Random, split: str) -> Forms:
    """One person, named in every way a text might."""
    first, last = (random.choice(names) for names in _NAMES[split])
    title, middle = random.choice(_TITLES[split].split()), random.choice(_MIDDLE)
    return {
        "full": f"{first} {last}",
        "middle": f"{first} {middle}. {last}",
        "titled": f"{title} {last}",
        "whole": f"{title} {first} {last}",
        "initials": f"{first[0]}. {last}",
        "two": f"{first[0]}.{middle}. {last}",
        "reversed": f"{last}, {first}",
        "lower": f"{first} {last}".lower(),
        "upper": f"{first} {last}".upper(),
        "first": first,
        "last": last,
    }


MAKERS = {"PERSON": Maker("PERSON", "", person)}
