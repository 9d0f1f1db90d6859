"""What plans and grids say in their own words, in every language there is."""

from collections.abc import Mapping
from typing import NamedTuple

from service.domain.languages import Language


class Words(NamedTuple):
    """The words of one language."""

    language: str
    plan: str
    revision: str
    message: str
    goals: str
    questions: str
    decision_factors: str
    content: str
    touchpoints: str
    activities: str
    owner: str
    others: str
    actions: str
    gaps: str
    opportunities: str
    strengths: str
    costs: str
    whole: str
    title: str
    kind: str
    tongue: str
    published: str
    because: str
    channel: str
    department: str
    starts: str
    ends: str
    cost: str
    status: str
    due: str
    effort: str
    severity: str
    all_: str
    currency: str
    nobody: str
    answers: str
    touchpoint: str
    activity: str
    stage: str
    idea: str
    shortlisted: str
    planned: str
    doing: str


_SAID: Mapping[str, tuple[str, str, str, str, str]] = {
    "plan": ("Marketing plan", "Marketingplan", "Plan de marketing", "营销计划", "行銷計畫"),
    "revision": ("Revision {0}", "Revision {0}", "Revisión {0}", "修订版 {0}", "修訂版 {0}"),
    "message": ("What to say", "Was zu sagen ist", "Qué decir", "要说什么", "要說什麼"),
    "goals": ("What they want", "Was sie wollen", "Qué quieren", "他们想要什么", "他們想要什麼"),
    "questions": ("What they ask", "Was sie fragen", "Qué preguntan", "他们问什么", "他們問什麼"),
    "decision_factors": (
        "What decides for them",
        "Was für sie den Ausschlag gibt",
        "Qué decide para ellos",
        "什么决定他们的选择",
        "什麼決定他們的選擇",
    ),
    "content": ("Content", "Inhalte", "Contenidos", "内容", "內容"),
    "touchpoints": ("Touchpoints", "Kontaktpunkte", "Puntos de contacto", "接触点", "接觸點"),
    "activities": (
        "Planned activities",
        "Geplante Maßnahmen",
        "Actividades previstas",
        "计划的活动",
        "規劃的活動",
    ),
    "owner": ("Owner", "Zuständig", "Responsable", "负责部门", "負責部門"),
    "others": (
        "Also involved",
        "Außerdem beteiligt",
        "También participan",
        "其他参与部门",
        "其他參與部門",
    ),
    "actions": ("Actions", "Aufgaben", "Acciones", "行动", "行動"),
    "gaps": ("What is weak", "Was schwach ist", "Puntos débiles", "薄弱之处", "薄弱之處"),
    "opportunities": ("Openings", "Gelegenheiten", "Oportunidades", "机会", "機會"),
    "strengths": ("What is strong", "Was stark ist", "Puntos fuertes", "优势", "優勢"),
    "costs": ("Costs", "Kosten", "Costes", "费用", "費用"),
    "whole": (
        "The map as a whole",
        "Die Karte als Ganzes",
        "El mapa en conjunto",
        "整张地图",
        "整張地圖",
    ),
    "title": ("Title", "Titel", "Título", "标题", "標題"),
    "kind": ("Kind", "Art", "Tipo", "类型", "類型"),
    "tongue": ("Language", "Sprache", "Idioma", "语言", "語言"),
    "published": ("Published", "Veröffentlicht", "Publicación", "发布日期", "發布日期"),
    "because": ("Why here", "Warum hier", "Por qué aquí", "为何在此", "為何在此"),
    "channel": ("Channel", "Kanal", "Canal", "渠道", "管道"),
    "department": ("Department", "Abteilung", "Departamento", "部门", "部門"),
    "starts": ("From", "Von", "Desde", "开始", "開始"),
    "ends": ("Until", "Bis", "Hasta", "结束", "結束"),
    "cost": ("Cost", "Kosten", "Coste", "费用", "費用"),
    "status": ("Status", "Stand", "Estado", "状态", "狀態"),
    "due": ("Due", "Fällig", "Fecha límite", "截止日期", "截止日期"),
    "effort": ("Effort", "Aufwand", "Esfuerzo", "工作量", "工作量"),
    "severity": ("Severity", "Schwere", "Gravedad", "严重程度", "嚴重程度"),
    "all_": ("In all", "Insgesamt", "En total", "合计", "合計"),
    "currency": ("Currency", "Währung", "Moneda", "货币", "貨幣"),
    "nobody": ("nobody yet", "noch niemand", "nadie todavía", "尚未指定", "尚未指定"),
    "answers": (
        "answers what is asked",
        "beantwortet, was gefragt wird",
        "responde a lo que se pregunta",
        "回答所问",
        "回答所問",
    ),
    "touchpoint": (
        "met at a touchpoint",
        "an einem Kontaktpunkt",
        "en un punto de contacto",
        "在接触点可见",
        "在接觸點可見",
    ),
    "activity": (
        "used by an activity",
        "Teil einer Maßnahme",
        "parte de una actividad",
        "用于活动",
        "用於活動",
    ),
    "stage": (
        "made for the stage",
        "für die Phase gemacht",
        "hecho para la etapa",
        "为此阶段制作",
        "為此階段製作",
    ),
    "idea": ("idea", "Idee", "idea", "想法", "想法"),
    "shortlisted": ("shortlisted", "in engerer Wahl", "preseleccionada", "入围", "入圍"),
    "planned": ("planned", "geplant", "prevista", "已计划", "已規劃"),
    "doing": ("under way", "in Arbeit", "en curso", "进行中", "進行中"),
}
_ORDER = (Language.EN, Language.DE, Language.ES, Language.ZH_HANS, Language.ZH_HANT)
WORDS: Mapping[Language, Words] = {
    language: Words(language.value, **{name: said[n] for name, said in _SAID.items()})
    for n, language in enumerate(_ORDER)
}
"""The words of each language."""
