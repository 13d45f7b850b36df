"""Every sentence that a report prints, in Chinese and in English side by side: neither can lack one."""

from __future__ import annotations

from typing import Literal

from yichuang_nlp.errors import BadOption

__all__ = ["LANGUAGES", "WORDS", "Lang", "check_lang", "say"]

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")

WORDS: dict[str, tuple[str, str]] = {
    # the statuses and what stands in for one
    "planned": ("计划", "planned"),
    "in_progress": ("推进中", "in progress"),
    "completed": ("已完成", "completed"),
    "blank": ("空白", "blank"),
    "not_reported": ("未报送", "not reported"),
    "not_applicable": ("不涉及", "not applicable"),
    "unreadable": ("无法识别", "unreadable"),
    "unstated": ("未说明", "not stated"),
    "absent": ("表中没有", "not in the table"),
    "no_status": ("无状态", "no status"),
    "review": ("待复核", "needs review"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    # verdicts
    "lagging": ("落后", "lagging"),
    "watch": ("关注", "watch"),
    "none": ("正常", "level"),
    "unranked": ("不排名", "unranked"),
    # names of columns
    "city": ("地区", "City"),
    "dimension": ("方面", "Dimension"),
    "status": ("状态", "Status"),
    "progress": ("进度", "Progress"),
    "interval": ("区间", "Interval"),
    "rank": ("排名", "Rank"),
    "rank_interval": ("排名区间", "Rank interval"),
    "steps": ("步数", "Steps"),
    "behind_median": ("落后中位步数", "Steps behind median"),
    "chance": ("落后概率", "Chance of lagging"),
    "verdict": ("结论", "Verdict"),
    "coverage": ("覆盖率", "Coverage"),
    "reasons": ("理由", "Reasons"),
    "text": ("原文", "Text"),
    "quote": ("依据", "Quote"),
    "evidence": ("依据", "Evidence"),
    "probability": ("概率", "Probability"),
    "address": ("出处", "Address"),
    "weight": ("权重", "Weight"),
    "median_city": ("中位地区", "median city"),
    "median": ("中位状态", "Median status"),
    "leaders": ("先进地区", "Leaders"),
    "behind": ("短板地区", "Behind"),
    "facts": ("具体事实数", "Facts"),
    "promise": ("承诺内容", "Promise"),
    "deadline": ("期限", "Deadline"),
    "deadline_text": ("原文期限", "As written"),
    "precision": ("精度", "Precision"),
    "days": ("剩余天数", "Days left"),
    "due": ("到期情况", "Due"),
    "value": ("数值", "Value"),
    "unit": ("单位", "Unit"),
    "counts_what": ("所指", "What it counts"),
    "whole": ("总数", "Out of"),
    "share": ("占比", "Share"),
    "kind": ("类别", "Kind"),
    "detail": ("说明", "Detail"),
    "before": ("上期", "Before"),
    "after": ("本期", "After"),
    "move": ("变化", "Change"),
    "outcome": ("兑现情况", "Outcome"),
    "why": ("原因", "Why"),
    "low": ("区间下限", "Low"),
    "high": ("区间上限", "High"),
    "rank_low": ("最好排名", "Best rank"),
    "rank_high": ("最差排名", "Worst rank"),
    "p_planned": ("计划概率", "P(planned)"),
    "p_in_progress": ("推进中概率", "P(in progress)"),
    "p_completed": ("已完成概率", "P(completed)"),
    "text_before": ("上期原文", "Text before"),
    "text_after": ("本期原文", "Text now"),
    "deadline_after": ("新期限", "New deadline"),
    "rank_before": ("上期排名", "Rank before"),
    "progress_before": ("上期进度", "Progress before"),
    "kept": ("承诺兑现", "Promises kept"),
    "rank_change": ("排名变化", "Change of rank"),
    "content": ("内容", "Content"),
    # deadlines
    "overdue": ("已逾期", "overdue"),
    "due_soon": ("即将到期", "due soon"),
    "later": ("尚未到期", "later"),
    "unknown": ("日期不明", "no date"),
    "day": ("日", "day"),
    "ten_days": ("旬", "ten days"),
    "week": ("周", "week"),
    "month": ("月", "month"),
    "quarter": ("季度", "quarter"),
    "half_year": ("半年", "half-year"),
    "year": ("年", "year"),
    "plan_period": ("规划期", "plan period"),
    # remarks on the reporting
    "same_text_dimensions": ("同一地区不同方面文字相同", "One text under several dimensions"),
    "same_text_cities": ("不同地区文字相同", "One text from several cities"),
    "other_column": ("文字更像另一方面的内容", "Text fits another column better"),
    "vague": ("表述笼统，无可核查内容", "Vague motion, nothing measurable"),
    "unchanged": ("与上期文字和状态均相同", "Same text and status as in the last issue"),
    "reading": ("读取存疑", "Reading is unsure"),
    "missing_city": ("未列入表中的地区", "City not in the table"),
    # change
    "advanced": ("前进", "advanced"),
    "same": ("未变", "unchanged"),
    "fell_back": ("后退", "fell back"),
    "met": ("已兑现", "met"),
    "missed": ("逾期未兑现", "missed"),
    "moved": ("已改期", "moved"),
    "open": ("未到期", "open"),
    # titles
    "report": ("工作进展差距报告", "Gap report"),
    "headline": ("总体情况", "Headline"),
    "matrix": ("进展矩阵", "Matrix"),
    "ranking": ("进度排名", "Ranking"),
    "lagging_cities": ("落后和需关注的地区", "Lagging and watched cities"),
    "unranked_cities": ("不参加排名的地区", "Cities without a rank"),
    "dimensions": ("各方面情况", "Dimensions"),
    "leaders_title": ("可学习的先进地区", "Leaders to learn from"),
    "commitments": ("限期承诺", "Commitments"),
    "quantities": ("数量", "Quantities"),
    "quality": ("报送质量", "Quality of the reporting"),
    "change": ("与上期相比", "Change since the last issue"),
    "history": ("历期进度", "Progress over the issues"),
    "cells": ("逐项明细", "Cells"),
    "method": ("口径说明", "How this was worked out"),
    "suggestions": ("补短板建议", "Suggestions"),
    "readme": ("说明", "Read me"),
    # sentences
    "issue_number": ("第{issue}期", "issue {issue}"),
    "as_of_line": ("{issue}截至{date}，数据来源：{source}", "{issue}as of {date}, source: {source}"),
    "as_of_unknown": ("（未载明日期）", "(no date given)"),
    "as_of_assumed": ("（按印发日期）", " (the day of publication)"),
    "totals": (
        "{cities}个地区、{dimensions}个方面，共{cells}项：已完成{completed}项，推进中{in_progress}项，"
        "计划{planned}项，无状态{without}项；其中待复核{review}项。",
        "{cities} cities, {dimensions} dimensions, {cells} cells: {completed} completed, {in_progress} in "
        "progress, {planned} planned, {without} without a status; {review} need review.",
    ),
    "top": ("进度居前：{cities}。", "Ahead: {cities}."),
    "named_progress": ("{city}（{progress}）", "{city} ({progress})"),
    "lag_list": ("落后：{cities}。", "Lagging: {cities}."),
    "watch_list": ("需关注：{cities}。", "To watch: {cities}."),
    "nobody_lags": ("没有地区被判为落后。", "No city is found lagging."),
    "few_ranked": (
        "只有{ranked}个地区达到排名条件，不足以判断谁落后。",
        "Only {ranked} cities meet the conditions for a rank: too few to say who lags.",
    ),
    "unranked_list": (
        "不参加排名：{cities}（超过{share}的单元格未读出、未报送或待复核）。",
        "Without a rank: {cities} (more than {share} of the cells are unread, unreported or sent to review).",
    ),
    "due_totals": (
        "限期承诺{total}项：已逾期{overdue}项，{days}日内到期{soon}项，之后到期{later}项，日期不明{unknown}项。",
        "{total} commitments: {overdue} overdue, {soon} due within {days} days, {later} later, "
        "{unknown} without a date.",
    ),
    "quality_totals": ("报送质量提示{total}条。", "{total} remarks on the reporting."),
    "change_totals": (
        "与上期可比{compared}项：前进{advanced}项，未变{unchanged}项，后退{fell_back}项。",
        "{compared} cells can be compared with the last issue: {advanced} advanced, {unchanged} unchanged, "
        "{fell_back} fell back.",
    ),
    "set_changed": (
        "两期范围不同：新增地区 {new_cities}；减少地区 {lost_cities}；新增方面 {new_dimensions}；"
        "减少方面 {lost_dimensions}。以下只比较两期都有的单元格。",
        "The two issues differ in scope: new cities {new_cities}; gone cities {lost_cities}; new dimensions "
        "{new_dimensions}; gone dimensions {lost_dimensions}. Only cells in both are compared.",
    ),
    "nothing": ("无", "none"),
    "verdict_line": (
        "{city}：{verdict}。进度{progress}，比中位地区落后{behind}步，落后至少{limit}步的概率{chance}。",
        "{city}: {verdict}. Progress {progress}, {behind} steps behind the median city; chance of being at "
        "least {limit} steps behind {chance}.",
    ),
    "reason_line": (
        "{dimension}：{status}，中位为{reference}，差{steps}步（把握{chance}）：“{quote}”",
        "{dimension}: {status}, the median is {reference}, {steps} behind (certainty {chance}): “{quote}”",
    ),
    "reason_review": ("（该项待复核）", " (this cell needs review)"),
    "no_reason": (
        "没有单项低于中位状态：差距由多个方面累积而成。",
        "No single cell is below its median: the gap adds up over the dimensions.",
    ),
    "leader_line": ("{city}（{status}）：“{quote}”", "{city} ({status}): “{quote}”"),
    "no_leader": ("尚无地区在这一方面取得进展。", "No city has progress to show here yet."),
    "days_left": ("剩{days}天", "{days} days left"),
    "days_over": ("逾期{days}天", "{days} days overdue"),
    "due_today": ("当天到期", "due that day"),
    "unranked_line": (
        "{city}：{unusable}/{cells}项未读出、未报送或待复核，不排名。",
        "{city}: {unusable} of {cells} cells are unread, unreported or sent to review: no rank.",
    ),
    "better_column": ("更接近“{detail}”", "closer to “{detail}”"),
    "vague_words": ("笼统用语：{detail}", "vague words: {detail}"),
    "rule_line": (
        "口径：计划、推进中、已完成分别计0、1、2步，按概率取期望，各方面相加（加权平均后折算）。比中位地区落后至少"
        "{steps}步的概率不低于{lagging}为“落后”，不低于{watch}为“关注”；未读出、未报送或待复核的单元格超过"
        "{unusable}的地区不排名。区间为{interval}模拟区间（{draws}次，随机种子{seed}）。",
        "How: planned, in progress and completed count 0, 1 and 2 steps, expected by the probabilities and "
        "added up over the dimensions (a weighted mean, scaled). A chance of at least {lagging} of being at "
        "least {steps} steps behind the median city is lagging, at least {watch} is watch; a city with more "
        "than {unusable} of its cells unread, unreported or sent to review gets no rank. Intervals are "
        "{interval} simulation intervals ({draws} draws, random state {seed}).",
    ),
    "weights_line": ("权重：{weights}。", "Weights: {weights}."),
    "weights_equal": ("各方面权重相同。", "All dimensions have the same weight."),
    "model_line": ("模型：{name} {version}（{sha}）。", "Model: {name} {version} ({sha})."),
    "reading_line": (
        "读取：表{tables}张，地区{rows}行，单元格{cells}个（空白{blank}个），去除重复表头{dropped}个。",
        "Read: {tables} tables, {rows} city rows, {cells} cells ({blank} blank), {dropped} repeated headers dropped.",
    ),
    "caution": (
        "状态由模型根据报送文字判断，不代表实地核查结果；标“※”者须人工复核。",
        "Statuses are a model's reading of the reports, not an inspection; cells marked ※ need a person.",
    ),
    "suggest_planned": (
        "{city}应尽快启动“{dimension}”，明确责任单位、时间节点和可核查的目标。",
        "{city} should start on “{dimension}” soon: who is responsible, by when, and what can be checked.",
    ),
    "suggest_in_progress": (
        "{city}应明确“{dimension}”的完成期限和剩余事项清单，按期销号。",
        "{city} should set a day for finishing “{dimension}” and list what is left to do.",
    ),
    "suggest_learn": ("可对标{leader}的做法：“{quote}”。", " Learn from {leader}: “{quote}”."),
    "suggest_report": (
        "{city}应补报或核实“{dimension}”的进展情况。",
        "{city} should report, or check, the state of “{dimension}”.",
    ),
    "workings": ("计算过程", "The sums"),
    "working_none": ("没有可计算的单元格。", "No cell to count."),
    "working_progress": (
        "进度 = ({terms}) ÷ {total} = {progress}（各项为单元格期望值；{unscored}项无状态，不计）。",
        "Progress = ({terms}) ÷ {total} = {progress} (the expected ranks of the cells; {unscored} without a status "
        "do not count).",
    ),
    "working_steps": (
        "步数 = 2 × {dimensions} × {progress} = {steps}。",
        "Steps = 2 × {dimensions} × {progress} = {steps}.",
    ),
    "working_behind": (
        "落后 = 中位地区{median}步 − {steps}步 = {behind}步。",
        "Behind = {median} steps of the median city − {steps} = {behind} steps.",
    ),
    "working_chance": (
        "{draws}次模拟中，差距不小于{limit}步的占{chance}；名次区间为{ranks}。",
        "In {draws} draws the distance is at least {limit} steps in {chance}; ranks {ranks}.",
    ),
    # the page
    "rest": ("另有{rest}条见 XLSX 或 JSON 格式的报告。", "{rest} more are in the report as XLSX or JSON."),
    "sort_by": ("排序", "Sort by"),
    "sort_table": ("原表顺序", "order of the table"),
    "sort_city": ("地区名称", "name of the city"),
    "sort_progress": ("进度", "progress"),
    "filter_status": ("筛选状态", "Show status"),
    "filter_flag": ("筛选标记", "Show flag"),
    "all": ("全部", "all"),
    "flag_behind": ("低于中位", "below the median"),
    "flag_quality": ("有质量提示", "remark on quality"),
    "flag_due": ("有限期承诺", "has a deadline"),
    "close": ("关闭", "Close"),
    "same_row": ("同一地区的其他方面", "The same city"),
    "same_column": ("同一方面的其他地区", "The same dimension"),
    "shown": ("显示 {shown} / {total} 项", "{shown} of {total} cells shown"),
    "click_hint": (
        "选中任一单元格可看原文、依据、概率和出处。",
        "Choose a cell for its text, evidence, probabilities and address.",
    ),
    "timeline": ("承诺时间线", "Time line"),
    "as_of": ("截至", "as of"),
    "small_multiples": ("分方面分布", "Distribution by dimension"),
    "skip": ("跳到矩阵", "Skip to the matrix"),
}


def check_lang(lang: str) -> Lang:
    """Return `lang` if reports can be written in it."""
    for known in LANGUAGES:
        if lang == known:
            return known
    raise BadOption("--lang", found=repr(lang), expected="zh or en")


def say(key: str, lang: Lang, **values: object) -> str:
    """Return the words for `key`, with `values` put in.

    >>> say("days_over", "zh", days=3)
    '逾期3天'
    """
    words = WORDS[key][LANGUAGES.index(lang)]
    return words.format(**values) if values else words
